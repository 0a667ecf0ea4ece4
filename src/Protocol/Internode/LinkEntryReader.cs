namespace ChatAkka.Protocol.Internode;

/// <summary>Walks over the entries of a <see cref="LinkBody"/>.</summary>
/// <param name="entries">Entries, each behind its length.</param>
public ref struct LinkEntryReader(ReadOnlySpan<byte> entries)
{
    private WireReader _reader = new(entries);

    /// <summary>Bytes of the prefix of an entry of <paramref name="length"/> bytes.</summary>
    public static int PrefixSize(int length) => WireWriter.VarintSize(length);

    /// <summary>Writes the prefix of an entry.</summary>
    public static void WritePrefix(Span<byte> to, int length)
    {
        var writer = new WireWriter(to);
        writer.Varint(length);
    }

    /// <summary>Gives the next entry; false behind the last.</summary>
    /// <exception cref="FormatException">A length passes the end.</exception>
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
