using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The hash of a chat's id, by which the id is remembered: 16 bytes, however long the id is.</summary>
/// <remarks>Hashes are compared only within one sender. So a client that makes two ids with the same hash harms nobody else. By chance this happens
/// once in 10^38. The hash is part of snapshots, so its algorithm (XXH128) must never change.</remarks>
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
