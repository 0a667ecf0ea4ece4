namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>Compares the files of a data directory with its ledger.</summary>
internal static class DataCheck
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Reads every file that the ledger knows, and gives the damaged ones.</summary>
    public static IReadOnlyList<DamagedFile> Compare(string directory, LedgerState ledger)
    {
        var damaged = new List<DamagedFile>();
        foreach (var (name, sums) in ledger.Files)
        {
            var first = -1L;
            var count = 0;
            var length = Scan(directory, name, sums.Length, (sector, sum) =>
            {
                if (ledger.MayHold(name, sector, sum))
                    return;
                first = first < 0 ? sector : first;
                count++;
            });
            if (count > 0)
                damaged.Add(new DamagedFile(name, first * Sectors.Size, (long)count * Sectors.Size, length));
        }

        return damaged;
    }

    /// <summary>Gives the current content of the files, as a ledger state.</summary>
    public static LedgerState Take(string directory, IEnumerable<string> names)
    {
        var state = new LedgerState();
        foreach (var name in names)
        {
            var sums = new List<uint>();
            Scan(directory, name, 0, (_, sum) => sums.Add(sum));
            if (sums.Count > 0)
                state.Apply(LedgerEntry.Holds(name, [.. sums]));
        }

        return state;
    }

    // Gives the checksum of each complete sector. A sector that is missing gets a value that differs from every checksum.
    private static long Scan(string directory, string name, int atLeast, Action<int, uint> take)
    {
        var path = Path.Combine(directory, name);
        var length = -1L;
        var sector = 0;
        if (File.Exists(path))
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            length = RandomAccess.GetLength(file);
            var chunk = new byte[ChunkSize];
            int read;
            for (var offset = 0L; (read = Fill(file, chunk, offset)) >= Sectors.Size; offset += read)
            {
                foreach (var sum in Sectors.Sum(chunk.AsSpan(0, read - (read % Sectors.Size))))
                    take(sector++, sum);
                if (read < chunk.Length)
                    break;
            }
        }

        for (; sector < atLeast; sector++)
            take(sector, Sectors.Unknown);
        return length;
    }

    private static int Fill(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> chunk, long offset)
    {
        var filled = 0;
        int read;
        while (filled < chunk.Length && (read = RandomAccess.Read(file, chunk[filled..], offset + filled)) > 0)
            filled += read;
        return filled;
    }
}
