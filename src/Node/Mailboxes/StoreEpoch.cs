namespace ChatAkka.Node.Mailboxes;

/// <summary>Counts how often the store may have lost its data. Each time, every mailbox in memory saves a snapshot again.</summary>
internal sealed class StoreEpoch
{
    private int _value;

    /// <summary>How often the store may have lost its data.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>Notes that the store may have lost its data.</summary>
    public void Next() => Interlocked.Increment(ref _value);
}
