namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>The content that the files must have according to the ledger.</summary>
/// <remarks>Pure. The content of a sector is that of the last write that is recorded as done, or of a write that began later and may have reached the
/// disk.</remarks>
internal sealed class LedgerState
{
    private const int RemovedKept = 64;

    private readonly Dictionary<string, uint[]> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<long, LedgerEntry> _begun = [];
    private readonly List<string> _removed = [];

    /// <summary>The known files, each with the checksums of its sectors. A checksum may be <see cref="Sectors.Unknown"/>.</summary>
    public IReadOnlyDictionary<string, uint[]> Files => _files;

    /// <summary>Writes that began and were not recorded as done, in their order.</summary>
    public IEnumerable<LedgerEntry> Begun => _begun.Values.OrderBy(b => b.Ticket);

    /// <summary>The last recorded deletions of files and folders that were not written afterwards. The process may have been killed before it deleted
    /// them.</summary>
    public IReadOnlyCollection<string> Removed => _removed;

    /// <summary>The highest ticket (number of a write).</summary>
    public long LastTicket { get; private set; }

    /// <summary>Updates the state with an entry.</summary>
    public void Apply(LedgerEntry entry)
    {
        switch (entry.Kind)
        {
            case LedgerEntryKind.Holds:
                Set(entry);
                break;
            case LedgerEntryKind.Begin:
                LastTicket = Math.Max(LastTicket, entry.Ticket);
                _begun[entry.Ticket] = entry;
                _removed.RemoveAll(r => IsIn(entry.Name, r));
                break;
            case LedgerEntryKind.Done when _begun.Remove(entry.Ticket, out var begun):
                Set(begun);
                break;
            case LedgerEntryKind.Removed:
                foreach (var name in _files.Keys.Where(f => IsIn(f, entry.Name)).ToList())
                    _files.Remove(name);
                foreach (var ticket in _begun.Where(b => IsIn(b.Value.Name, entry.Name)).Select(b => b.Key).ToList())
                    _begun.Remove(ticket);
                _removed.Add(entry.Name);
                if (_removed.Count > RemovedKept)
                    _removed.RemoveAt(0);
                break;
            default:
                break;
        }
    }

    /// <summary>True if the sector may have the checksum <paramref name="sum"/>: that of the last write that is done, or of a write that is not
    /// recorded as done.</summary>
    public bool MayHold(string name, int sector, uint sum)
    {
        var known = _files.TryGetValue(name, out var sums) && sector < sums.Length ? sums[sector] : Sectors.Unknown;
        return known == Sectors.Unknown || (sum != Sectors.Unknown && (known == sum || _begun.Values.Any(b => b.Name == name && SumOf(b, sector) == sum)));
    }

    /// <summary>Gives entries from which the same state can be built.</summary>
    public IReadOnlyList<LedgerEntry> ToEntries() =>
    [
        .. _files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => LedgerEntry.Holds(f.Key, Trim(f.Value))),
        .. _removed.Select(LedgerEntry.Removed),
        .. Begun,
    ];

    /// <summary>True if a file is <paramref name="parent"/> or is in it.</summary>
    public static bool IsIn(string name, string parent) =>
        parent.Length == 0 || name == parent || (name.StartsWith(parent, StringComparison.Ordinal) && name[parent.Length] == '/');

    private static uint[] Trim(uint[] sums) => sums[..(Array.FindLastIndex(sums, s => s != Sectors.Unknown) + 1)];

    private static uint SumOf(LedgerEntry entry, int sector)
    {
        var index = sector - (entry.Offset / Sectors.Size);
        return index >= 0 && index < entry.Sums.Length ? entry.Sums[index] : Sectors.Unknown;
    }

    private void Set(LedgerEntry entry)
    {
        var first = (int)(entry.Offset / Sectors.Size);
        var end = first + entry.Sums.Length;
        if (!_files.TryGetValue(entry.Name, out var sums))
            sums = [];
        if (sums.Length < end)
            Array.Resize(ref sums, Math.Max(end, sums.Length + (sums.Length / 2)));
        entry.Sums.CopyTo(sums, first);
        _files[entry.Name] = sums;
    }
}
