namespace ChatAkka.Node.Mailboxes;

/// <summary>Counts how often the store may have come back without what it had: each mailbox in memory then saves itself whole again.</summary>
internal sealed class StoreEpoch
{
    private int _value;

    /// <summary>Which time this is.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>The store may have lost its data.</summary>
    public void Next() => Interlocked.Increment(ref _value);
}
