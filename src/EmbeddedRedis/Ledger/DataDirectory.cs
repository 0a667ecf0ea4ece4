using System.Globalization;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>Decides whether the store may start with the data in its directory.</summary>
internal static class DataDirectory
{
    // The maximum number of damaged files that a message names.
    private const int Named = 5;

    /// <summary>Compares the files with the ledger, and writes a new ledger.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="recover">True to copy a damaged directory, remove its damaged parts and use the rest.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The ledger, and a text that says what was found and done, or null if nothing is damaged.</returns>
    /// <exception cref="EmbeddedRedisException">Data that was written is missing. The message says what is missing, and what to do.</exception>
    public static (DataLedger Ledger, string? Found) Open(string directory, bool recover, TimeProvider time)
    {
        var (state, found) = Inspect(directory);
        if (found.Count == 0)
        {
            Finish(directory, state!);
            return (DataLedger.Open(directory, Settle(directory, state!)), null);
        }

        var what = string.Concat(found.Take(Named).Select(f => $"\n  {f}")) + (found.Count > Named ? $"\n  and {found.Count - Named} more files" : "");
        if (!recover)
        {
            throw new EmbeddedRedisException(
                $"the embedded store in {directory} does not hold all that was written to it, and was not started:{what}\n"
                + "Put the directory back from a copy, or start once with --data-recover: it copies the directory, and starts with what can be read.");
        }

        var copy = $"{directory.TrimEnd(Path.DirectorySeparatorChar)}.damaged-{time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        Copy(directory, copy);
        if (state is not null)
            DataRepair.Repair(directory, found.OfType<DamagedFile>());
        var ledger = DataLedger.Open(directory, DataCheck.Take(directory, FilesOf(directory)));
        return (ledger, $"the embedded store in {directory} did not hold all that was written to it:{what}\nThe directory as it was is in {copy}");
    }

    private static (LedgerState? State, IReadOnlyList<object> Found) Inspect(string directory)
    {
        try
        {
            var state = DataLedger.Read(directory);
            return state is not null ? (state, DataCheck.Compare(directory, state))
                : FilesOf(directory).Any() ? (null, [$"{DataLedger.FileName} is missing: it says what the other files must hold"])
                : (new LedgerState(), []);
        }
        catch (InvalidDataException e)
        {
            return (null, [$"{DataLedger.FileName} is damaged: {e.Message}"]);
        }
    }

    // The process may have been killed after it recorded a deletion and before it deleted. Then the deletion is done now.
    private static void Finish(string directory, LedgerState state)
    {
        foreach (var path in state.Removed.Where(r => r.Length > 0).Select(r => Path.Combine(directory, r)))
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
    }

    // A write that began and was not recorded as done may be in the file or not. The current content of these files becomes the valid one.
    private static LedgerState Settle(string directory, LedgerState state)
    {
        var begun = state.Begun.Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        var settled = DataCheck.Take(directory, begun);
        foreach (var (name, sums) in state.Files.Where(f => !begun.Contains(f.Key)))
            settled.Apply(LedgerEntry.Holds(name, sums));
        return settled;
    }

    // All files of Garnet are in subfolders. Other files in the directory, for example a configuration file, do not belong to the store.
    private static IEnumerable<string> FilesOf(string directory) =>
        Directory.EnumerateDirectories(directory).SelectMany(d => Directory.EnumerateFiles(d, "*", SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(directory, f).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(f => new FileInfo(Path.Combine(directory, f)).Length > 0);

    private static void Copy(string directory, string copy)
    {
        foreach (var file in FilesOf(directory).Append(DataLedger.FileName).Where(f => File.Exists(Path.Combine(directory, f))))
        {
            var target = Path.Combine(copy, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(directory, file), target);
        }
    }
}
