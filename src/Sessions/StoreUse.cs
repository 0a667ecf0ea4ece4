namespace ChatAkka.Sessions;

/// <summary>How much of its memory a store uses.</summary>
/// <param name="Used">Bytes used.</param>
/// <param name="Bound">Bytes from which on no more messages may be stored.</param>
public sealed record StoreUse(long Used, long Bound)
{
    /// <summary>Used bytes as a percentage of the bound.</summary>
    public int Percent => (int)(Used * 100 / Bound);

    /// <summary>True if the bound is reached.</summary>
    public bool IsFull => Used >= Bound;
}
