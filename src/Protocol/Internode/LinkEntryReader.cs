namespace ChatAkka.Protocol.Internode;

/// <summary>Reads the entries of a <see cref="LinkBody"/> one after the other.</summary>
/// <param name="entries">The entries, each after its length.</param>
public ref struct LinkEntryReader(ReadOnlySpan<byte> entries)
{
    private WireReader _reader = new(entries);

    /// <summary>The size of the length prefix of an entry of <paramref name="length"/> bytes.</summary>
    public static int PrefixSize(int length) => WireWriter.VarintSize(length);

    /// <summary>Writes the length prefix of an entry.</summary>
    public static void WritePrefix(Span<byte> to, int length)
    {
        var writer = new WireWriter(to);
        writer.Varint(length);
    }

    /// <summary>Gives the next entry; false if there are no more.</summary>
    /// <exception cref="FormatException">An entry is longer than the remaining bytes.</exception>
    public bool TryRead(out ReadOnlySpan<byte> entry)
    {
        if (_reader.AtEnd)
        {
            entry = default;
            return false;
        }

        entry = _reader.Blob();
        return true;
    }
}
