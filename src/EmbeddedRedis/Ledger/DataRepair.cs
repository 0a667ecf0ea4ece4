using System.Buffers.Binary;
using System.Globalization;
using Tsavorite.core;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>Removes damaged parts of a data directory, so that the store does not read them as data.</summary>
/// <remarks>The append-only file has no checksums. After the first damaged byte it is not known where the next record begins.</remarks>
internal static class DataRepair
{
    private const string AofPrefix = "AOF/aof.log.";
    private const string CommitPrefix = "AOF/log-commits/";

    /// <summary>Truncates the append-only file before its first damage, and deletes damaged checkpoints.</summary>
    public static void Repair(string directory, IEnumerable<DamagedFile> damaged)
    {
        var files = damaged.ToList();
        var segments = files.Where(f => f.Name.StartsWith(AofPrefix, StringComparison.Ordinal)).ToList();
        if (segments.Count > 0)
        {
            var first = segments.MinBy(s => SegmentOf(s.Name))!;
            CutOff(directory, SegmentOf(first.Name), first.Length < 0 ? 0 : Math.Min(first.Offset, first.Length));
        }

        foreach (var file in files.Where(f => f.Name.StartsWith(CommitPrefix, StringComparison.Ordinal)))
            File.Delete(Path.Combine(directory, file.Name));
        foreach (var folder in files.Where(f => !f.Name.StartsWith("AOF/", StringComparison.Ordinal)).Select(f => Path.GetDirectoryName(f.Name)!).Distinct())
        {
            if (Directory.Exists(Path.Combine(directory, folder)))
                Directory.Delete(Path.Combine(directory, folder), recursive: true);
        }
    }

    private static void CutOff(string directory, int segment, long offset)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(directory, "AOF"), "aof.log.*"))
        {
            var number = int.Parse(Path.GetExtension(path).AsSpan(1), CultureInfo.InvariantCulture);
            if (number > segment)
                File.Delete(path);
            else if (number == segment)
                Shorten(path, offset);
        }

        // The commit records are reset to the beginning of the file. At the start the store reads from there which records are committed.
        var commits = Path.Combine(directory, "AOF", "log-commits");
        foreach (var path in Directory.Exists(commits) ? Directory.GetFiles(commits) : [])
            BeginAnew(path);
    }

    private static void Shorten(string path, long length)
    {
        using var file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        RandomAccess.SetLength(file, length);
    }

    private static void BeginAnew(string path)
    {
        var bytes = File.ReadAllBytes(path);
        try
        {
            var info = default(TsavoriteLogRecoveryInfo);
            info.Initialize(bytes.AsSpan(sizeof(int)));
            info.UntilAddress = info.BeginAddress;
            var body = info.ToByteArray();
            BinaryPrimitives.WriteInt32LittleEndian(bytes, body.Length);
            body.CopyTo(bytes, sizeof(int));
            File.WriteAllBytes(path, bytes);
        }
        catch (Exception e) when (e is TsavoriteException or ArgumentException)
        {
            File.Delete(path);
        }
    }

    private static int SegmentOf(string name) => int.Parse(name.AsSpan(AofPrefix.Length), CultureInfo.InvariantCulture);
}
