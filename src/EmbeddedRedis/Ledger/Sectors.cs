using System.Numerics;
using System.Runtime.InteropServices;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>Checksums of the 512 byte sectors that files are written in.</summary>
internal static class Sectors
{
    /// <summary>Bytes of a sector: the smallest that disks write whole, and that Garnet's devices align their writes to.</summary>
    public const int Size = 512;

    /// <summary>Stands for a sector of which nothing is known; no checksum is this.</summary>
    public const uint Unknown = 0;

    /// <summary>Gives the checksum of each sector of <paramref name="data"/>, whose length is a multiple of a sector's.</summary>
    public static uint[] Sum(ReadOnlySpan<byte> data)
    {
        var sums = new uint[data.Length / Size];
        for (var i = 0; i < sums.Length; i++)
            sums[i] = SumOne(data.Slice(i * Size, Size));
        return sums;
    }

    /// <summary>Gives the checksum of one sector.</summary>
    public static uint SumOne(ReadOnlySpan<byte> sector) => Math.Max(Crc(0, sector), Unknown + 1);

    /// <summary>CRC-32C of <paramref name="data"/> that goes on from <paramref name="crc"/>.</summary>
    public static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in data[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
