namespace ChatAkka.Node.Mailboxes;

/// <summary>Which events of a partition's log still hold messages that wait, and how much of each event these are.</summary>
/// <remarks>Pure and not thread-safe. An event without such messages can be deleted as soon as a snapshot stands for it. An event that holds few of them is
/// written again in a new event (compaction), so that the log is at most about twice as large as what waits.</remarks>
internal sealed class EventTable
{
    private readonly SortedDictionary<long, Use> _events = [];

    /// <summary>The event that was added to last: messages of one event come one after the other.</summary>
    private (long Number, Use? Use) _last;

    /// <summary>How many events hold messages that wait.</summary>
    public int Count => _events.Count;

    /// <summary>Bytes of all events that hold messages that wait.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the messages that wait.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The events that hold messages that wait, lowest number first.</summary>
    public IEnumerable<long> Numbers => _events.Keys;

    /// <summary>The lowest number of an event that holds a message that waits; null if there is none.</summary>
    public long? First => _events.Count == 0 ? null : _events.First().Key;

    /// <summary>The size of an event.</summary>
    public int SizeOf(long number) => _events[number].Bytes;

    /// <summary>Notes that an event holds a message that waits.</summary>
    /// <param name="number">Number of the event.</param>
    /// <param name="eventBytes">Bytes of the event.</param>
    /// <param name="messageBytes">Bytes of the message.</param>
    public void Add(long number, int eventBytes, int messageBytes)
    {
        if (_last.Number != number || _last.Use is not { } use)
        {
            if (!_events.TryGetValue(number, out use))
            {
                use = _events[number] = new Use(eventBytes);
                Bytes += eventBytes;
            }

            _last = (number, use);
        }

        use.Live++;
        use.LiveBytes += messageBytes;
        LiveBytes += messageBytes;
    }

    /// <summary>Notes that a message of an event does not wait any more, or that it is elsewhere. Gives true if the event holds no other.</summary>
    public bool Remove(long number, int messageBytes)
    {
        var use = _events[number];
        use.Live--;
        use.LiveBytes -= messageBytes;
        LiveBytes -= messageBytes;
        if (use.Live > 0)
            return false;
        _events.Remove(number);
        _last = default;
        Bytes -= use.Bytes;
        return true;
    }

    /// <summary>Chooses the events that are worth writing again: the oldest ones of which at most half waits, if the whole log is more than twice as large
    /// as what waits.</summary>
    /// <param name="upTo">Only events up to this number, because a snapshot stands for them.</param>
    /// <param name="slack">So much more than twice is allowed.</param>
    /// <param name="budget">The most bytes to read and write at a time.</param>
    public IReadOnlyList<long> ChooseForCompaction(long upTo, long slack, int budget)
    {
        if (Bytes <= (2 * LiveBytes) + slack)
            return [];
        List<long> chosen = [];
        var bytes = 0;
        foreach (var (number, use) in _events)
        {
            if (number > upTo || bytes >= budget)
                break;
            if (use.LiveBytes * 2 > use.Bytes)
                continue;
            chosen.Add(number);
            bytes += use.Bytes;
        }

        return chosen;
    }

    private sealed class Use(int bytes)
    {
        public int Bytes => bytes;

        public int Live { get; set; }

        public int LiveBytes { get; set; }
    }
}
