namespace ChatAkka.Node.Links;

/// <summary>An entry that was sent, as it is in the window of its link.</summary>
/// <param name="segment">The bytes of several entries.</param>
/// <param name="start">Where this entry begins there.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="hasReceipt">True if its sender gets a receipt.</param>
internal readonly struct SentEntry(byte[] segment, int start, int length, bool hasReceipt)
{
    /// <summary>The encoded entry.</summary>
    public ReadOnlySpan<byte> Bytes => segment.AsSpan(start, length);

    /// <summary>True if its sender gets a receipt.</summary>
    public bool HasReceipt => hasReceipt;
}
