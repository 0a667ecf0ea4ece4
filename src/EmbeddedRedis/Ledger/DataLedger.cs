using Microsoft.Win32.SafeHandles;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>A file beside the store's files that says what each of them holds: the checksum of every sector that was written.</summary>
/// <remarks>
/// Garnet's append-only file has no checksums, and what cannot be read it leaves out in silence. So each write is entered here before it begins, on
/// disk, and again when it is done, before anybody is told. What is done must be in the files when the store starts; what only began
/// may be there, in part or not at all. An entry that was torn by a kill is the last one, and of a write that nobody was told of.
/// Safe for use by several threads.
/// </remarks>
internal sealed class DataLedger : IDisposable
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "ledger";

    private const string NewFileName = "ledger.new";
    private const string Version = "chatakka-ledger 1\n";

    // Entries that only say what later ones say as well are left out when they take this much.
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
    /// <returns>Null where there is none.</returns>
    /// <exception cref="InvalidDataException">It was damaged; the message says how.</exception>
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

    /// <summary>Begins the ledger anew with what is known.</summary>
    public static DataLedger Open(string directory, LedgerState state) => new(directory, state);

    /// <summary>Enters a write before it begins; returns when that is on disk.</summary>
    /// <returns>Its ticket.</returns>
    /// <exception cref="IOException">The disk is full, or failed.</exception>
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

    /// <summary>Enters that a write is on disk.</summary>
    /// <remarks>Not flushed: after a power cut the write may count as begun only, and its content is there.</remarks>
    public void Done(long ticket)
    {
        lock (_gate)
            Append(LedgerEntry.Done(ticket));
    }

    /// <summary>Enters that a file, or all below a folder, is about to be deleted; returns when that is on disk.</summary>
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

        // Where this fails half an entry is left, and the next one takes its place.
        RandomAccess.Write(_file, bytes, _end);
        _check = check;
        _end += bytes.Length;
        _state.Apply(entry);
    }

    // Beside the old one, which counts until the new one is whole.
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
