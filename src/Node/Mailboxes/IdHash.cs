using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What is remembered of a chat's id: 16 bytes, however long the id is.</summary>
/// <remarks>Compared within one sender alone: who makes two ids of one hash, which by chance happens once in 10^38, harms nobody else. Stands
/// in snapshots, so the hash (XXH128) is never to be changed.</remarks>
internal readonly record struct IdHash(ulong High, ulong Low)
{
    /// <summary>Bytes of a hash in a snapshot.</summary>
    public const int Size = 16;

    /// <summary>Hashes an id.</summary>
    /// <param name="id">The id as it stands in an entry.</param>
    public static IdHash Of(ReadOnlySpan<byte> id)
    {
        Span<byte> hash = stackalloc byte[Size];
        XxHash128.Hash(id, hash);
        return new IdHash(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
    }
}
