namespace ChatAkka.Node.Mailboxes;

/// <summary>The last ids of one sender.</summary>
/// <remarks>Pure and not thread-safe. About 60 bytes an id.</remarks>
internal sealed class RecentIds
{
    private readonly Queue<(IdHash Id, long Time)> _order = new();
    private readonly HashSet<IdHash> _ids = [];

    /// <summary>The ids, oldest first, with the time they came.</summary>
    public IEnumerable<(IdHash Id, long Time)> All => _order;

    /// <summary>How many.</summary>
    public int Count => _order.Count;

    /// <summary>When the last one came.</summary>
    public long LastTime { get; private set; }

    /// <summary>When the first of those came that are remembered; the greatest number where there are none.</summary>
    public long FirstTime => _order.TryPeek(out var first) ? first.Time : long.MaxValue;

    /// <summary>True for an id that came before, and not before a time.</summary>
    public bool Contains(IdHash id, long since) =>
        _ids.Contains(id) && (FirstTime >= since || _order.Any(i => i.Id == id && i.Time >= since));

    /// <summary>Remembers an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="time">When it came.</param>
    /// <param name="most">So many are kept.</param>
    public void Add(IdHash id, long time, int most)
    {
        LastTime = time;
        if (!_ids.Add(id))
            return;
        _order.Enqueue((id, time));
        while (_order.Count > most)
            ForgetFirst();
    }

    /// <summary>Forgets the oldest one.</summary>
    public void ForgetFirst()
    {
        _ids.Remove(_order.Dequeue().Id);

        // The space of many must not stay where few are left: many senders may have had many once.
        if (_order.Capacity > 64 && _order.Count < _order.Capacity / 4)
        {
            _order.TrimExcess();
            _ids.TrimExcess();
        }
    }

    /// <summary>Forgets those that came before a time.</summary>
    public void ForgetBefore(long time)
    {
        while (FirstTime < time)
            ForgetFirst();
    }
}
