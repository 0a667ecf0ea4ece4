using Microsoft.Win32.SafeHandles;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>A file next to the store's files that records the content of each of them: the checksum of every sector that was written.</summary>
/// <remarks>
/// Garnet's append-only file has no checksums, and Garnet skips data that it cannot read without any error. So each write is recorded here, on disk,
/// before it begins, and again when it is done, before it is reported as done. When the store starts, the files must contain every write that is
/// recorded as done. A write that only began may be in the files completely, partly or not at all. If the process is killed while it writes
/// an entry, that entry is the last one, and its write was not reported to anybody. Safe to call from any thread.
/// </remarks>
internal sealed class DataLedger : IDisposable
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "ledger";

    private const string NewFileName = "ledger.new";
    private const string Version = "chatakka-ledger 1\n";

    // When the entries take this many bytes more, the ledger is written again without entries that later ones replace.
    private const long RewriteOver = 16 << 20;

    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly LedgerState _state;
    private SafeFileHandle _file;
    private uint _check;
    private long _end;
    private long _rewritten;

    private DataLedger(string directory, LedgerState state)
    {
        _directory = directory;
        _state = state;
        _file = Rewrite();
    }

    /// <summary>Reads the ledger of <paramref name="directory"/>.</summary>
    /// <returns>The state; null if there is no ledger.</returns>
    /// <exception cref="InvalidDataException">The ledger is damaged. The message says how.</exception>
    public static LedgerState? Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return null;
        var bytes = File.ReadAllBytes(path).AsSpan();
        var head = System.Text.Encoding.ASCII.GetBytes(Version);
        if (!bytes.StartsWith(head))
            throw new InvalidDataException("its beginning is not what was written");

        var state = new LedgerState();
        var rest = (ReadOnlySpan<byte>)bytes[head.Length..];
        var check = 0u;
        long missing = 1;
        while (LedgerEntry.Read(rest, ref check, out var length) is { } entry)
        {
            missing = entry.Kind == LedgerEntryKind.Start ? entry.Ticket : missing - 1;
            state.Apply(entry);
            rest = rest[(int)length..];
        }

        if (missing > 0)
            throw new InvalidDataException($"{missing} of the entries that it began with are missing");
        _ = LedgerEntry.Read(rest, ref check, out var torn);
        if (torn <= rest.Length && rest.ContainsAnyExcept((byte)0))
            throw new InvalidDataException($"the entry at offset {bytes.Length - rest.Length} is not what was written");
        return state;
    }

    /// <summary>Writes a new ledger with the known state.</summary>
    public static DataLedger Open(string directory, LedgerState state) => new(directory, state);

    /// <summary>Records a write before it begins. Returns when the entry is on disk.</summary>
    /// <returns>The ticket (number) of the write.</returns>
    /// <exception cref="IOException">The disk is full or has failed.</exception>
    public long Begin(string name, long offset, uint[] sums)
    {
        lock (_gate)
        {
            if (_end - _rewritten > RewriteOver)
            {
                _file.Dispose();
                _file = Rewrite();
            }

            var ticket = _state.LastTicket + 1;
            Append(LedgerEntry.Begin(ticket, name, offset, sums));
            RandomAccess.FlushToDisk(_file);
            return ticket;
        }
    }

    /// <summary>Records that a write is on disk.</summary>
    /// <remarks>The entry is not flushed. So after a power failure the write may only be recorded as begun, although its data is on disk.</remarks>
    public void Done(long ticket)
    {
        lock (_gate)
            Append(LedgerEntry.Done(ticket));
    }

    /// <summary>Records that a file, or everything in a folder, is about to be deleted. Returns when the entry is on disk.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            Append(LedgerEntry.Removed(name));
            RandomAccess.FlushToDisk(_file);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_file.IsClosed)
                return;
            RandomAccess.FlushToDisk(_file);
            _file.Dispose();
        }
    }

    private void Append(LedgerEntry entry)
    {
        var check = _check;
        var bytes = entry.ToBytes(ref check);

        // If this fails, a part of the entry may be left in the file. The next entry overwrites it.
        RandomAccess.Write(_file, bytes, _end);
        _check = check;
        _end += bytes.Length;
        _state.Apply(entry);
    }

    // Writes a new file next to the old one. The old one stays valid until the new one is complete.
    private SafeFileHandle Rewrite()
    {
        var path = Path.Combine(_directory, NewFileName);
        var entries = _state.ToEntries();
        using var bytes = new MemoryStream();
        bytes.Write(System.Text.Encoding.ASCII.GetBytes(Version));
        var check = 0u;
        foreach (var entry in entries.Prepend(LedgerEntry.Start(entries.Count)))
            bytes.Write(entry.ToBytes(ref check));

        var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        RandomAccess.Write(file, bytes.GetBuffer().AsSpan(0, (int)bytes.Length), 0);
        RandomAccess.FlushToDisk(file);
        File.Move(path, Path.Combine(_directory, FileName), overwrite: true);
        _check = check;
        _end = _rewritten = bytes.Length;
        return file;
    }
}
