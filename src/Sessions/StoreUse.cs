namespace ChatAkka.Sessions;

/// <summary>How much of its memory a store uses.</summary>
/// <param name="Used">Bytes used.</param>
/// <param name="Bound">Bytes at which it must not be given more.</param>
public sealed record StoreUse(long Used, long Bound)
{
    /// <summary>Used, of a hundred.</summary>
    public int Percent => (int)(Used * 100 / Bound);

    /// <summary>True at the bound.</summary>
    public bool IsFull => Used >= Bound;
}
