using System.Buffers.Binary;
using System.Text;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>One entry of the ledger, with its byte layout.</summary>
/// <remarks>
/// <code>
/// length u32 | check u32 | kind u8 | ticket i64 | offset i64 | name length u16 | name (UTF-8) | sums u32 …
/// </code>
/// Little-endian. The check is the CRC-32C of all bytes after it. It continues from the check of the previous entry, so that a missing entry is
/// detected.
/// </remarks>
/// <param name="Kind">The kind of entry.</param>
/// <param name="Ticket">Number of the write. In the first entry: how many entries were written together with it.</param>
/// <param name="Offset">Offset in the file at which the sectors begin, in bytes.</param>
/// <param name="Name">The file, as a path relative to the data directory, with <c>/</c>.</param>
/// <param name="Sums">Checksum of each sector.</param>
internal sealed record LedgerEntry(LedgerEntryKind Kind, long Ticket, long Offset, string Name, uint[] Sums)
{
    private const int HeadSize = 2 * sizeof(uint);
    private const int FixedSize = 1 + sizeof(long) + sizeof(long) + sizeof(ushort);

    /// <summary>Makes the first entry: the next <paramref name="count"/> entries were written together with it.</summary>
    public static LedgerEntry Start(int count) => new(LedgerEntryKind.Start, count, 0, "", []);

    /// <summary>Makes an entry: the file has this content.</summary>
    public static LedgerEntry Holds(string name, uint[] sums) => new(LedgerEntryKind.Holds, 0, 0, name, sums);

    /// <summary>Makes an entry: a write is about to begin.</summary>
    public static LedgerEntry Begin(long ticket, string name, long offset, uint[] sums) => new(LedgerEntryKind.Begin, ticket, offset, name, sums);

    /// <summary>Makes an entry: a write is done.</summary>
    public static LedgerEntry Done(long ticket) => new(LedgerEntryKind.Done, ticket, 0, "", []);

    /// <summary>Makes an entry: a file, or everything in a folder, is about to be deleted.</summary>
    public static LedgerEntry Removed(string name) => new(LedgerEntryKind.Removed, 0, 0, name, []);

    /// <summary>Reads the entry at the start of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">The rest of the ledger.</param>
    /// <param name="check">Check of the previous entry. It is set to the check of this entry.</param>
    /// <param name="length">Length of the entry in bytes, as written in it, even if the entry is not valid.</param>
    /// <returns>The entry; null if there is no valid one.</returns>
    public static LedgerEntry? Read(ReadOnlySpan<byte> bytes, ref uint check, out long length)
    {
        length = HeadSize;
        if (bytes.Length < HeadSize)
            return null;
        length += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length > bytes.Length || length < HeadSize + FixedSize)
            return null;
        var body = bytes[HeadSize..(int)length];
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]);
        if (Sectors.Crc(check, body) != expected)
            return null;
        check = expected;

        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(body[(FixedSize - sizeof(ushort))..]);
        var rest = body[(FixedSize + nameLength)..];
        var sums = new uint[rest.Length / sizeof(uint)];
        for (var i = 0; i < sums.Length; i++)
            sums[i] = BinaryPrimitives.ReadUInt32LittleEndian(rest[(i * sizeof(uint))..]);
        return new LedgerEntry(
            (LedgerEntryKind)body[0],
            BinaryPrimitives.ReadInt64LittleEndian(body[1..]),
            BinaryPrimitives.ReadInt64LittleEndian(body[(1 + sizeof(long))..]),
            Encoding.UTF8.GetString(body.Slice(FixedSize, nameLength)),
            sums);
    }

    /// <summary>Gives the bytes of the entry.</summary>
    /// <param name="check">Check of the previous entry. It is set to the check of this entry.</param>
    public byte[] ToBytes(ref uint check)
    {
        var name = Encoding.UTF8.GetBytes(Name);
        var bytes = new byte[HeadSize + FixedSize + name.Length + (Sums.Length * sizeof(uint))];
        var body = bytes.AsSpan(HeadSize);
        body[0] = (byte)Kind;
        BinaryPrimitives.WriteInt64LittleEndian(body[1..], Ticket);
        BinaryPrimitives.WriteInt64LittleEndian(body[(1 + sizeof(long))..], Offset);
        BinaryPrimitives.WriteUInt16LittleEndian(body[(FixedSize - sizeof(ushort))..], (ushort)name.Length);
        name.CopyTo(body[FixedSize..]);
        var rest = body[(FixedSize + name.Length)..];
        for (var i = 0; i < Sums.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(rest[(i * sizeof(uint))..], Sums[i]);
        check = Sectors.Crc(check, body);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sizeof(uint)), check);
        return bytes;
    }
}
