using System.Numerics;
using System.Runtime.InteropServices;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>Checksums of the sectors of files: units of 512 bytes.</summary>
internal static class Sectors
{
    /// <summary>Size of a sector, in bytes. It is the smallest unit that disks write completely, and to which Garnet aligns its writes.</summary>
    public const int Size = 512;

    /// <summary>The value for a sector of which nothing is known. No checksum has this value.</summary>
    public const uint Unknown = 0;

    /// <summary>Gives the checksum of each sector of <paramref name="data"/>. Its length must be a multiple of the sector size.</summary>
    public static uint[] Sum(ReadOnlySpan<byte> data)
    {
        var sums = new uint[data.Length / Size];
        for (var i = 0; i < sums.Length; i++)
            sums[i] = SumOne(data.Slice(i * Size, Size));
        return sums;
    }

    /// <summary>Gives the checksum of one sector.</summary>
    public static uint SumOne(ReadOnlySpan<byte> sector) => Math.Max(Crc(0, sector), Unknown + 1);

    /// <summary>Computes the CRC-32C of <paramref name="data"/>, continuing from <paramref name="crc"/>.</summary>
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
