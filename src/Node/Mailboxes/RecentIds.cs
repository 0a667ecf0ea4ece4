namespace ChatAkka.Node.Mailboxes;

/// <summary>The last ids of one sender's chats.</summary>
/// <remarks>Pure and not thread-safe. An id takes about 60 bytes.</remarks>
internal sealed class RecentIds
{
    private readonly Queue<(IdHash Id, long Time)> _order = new();
    private readonly HashSet<IdHash> _ids = [];

    /// <summary>The ids, oldest first, each with the time at which it came.</summary>
    public IEnumerable<(IdHash Id, long Time)> All => _order;

    /// <summary>How many ids are remembered.</summary>
    public int Count => _order.Count;

    /// <summary>When the last id came.</summary>
    public long LastTime { get; private set; }

    /// <summary>When the oldest remembered id came; the largest number if there is none.</summary>
    public long FirstTime => _order.TryPeek(out var first) ? first.Time : long.MaxValue;

    /// <summary>True if an id is remembered and did not come before a time.</summary>
    public bool Contains(IdHash id, long since) =>
        _ids.Contains(id) && (FirstTime >= since || _order.Any(i => i.Id == id && i.Time >= since));

    /// <summary>Remembers an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="time">When it came.</param>
    /// <param name="most">How many ids are remembered at most.</param>
    public void Add(IdHash id, long time, int most)
    {
        LastTime = time;
        if (!_ids.Add(id))
            return;
        _order.Enqueue((id, time));
        while (_order.Count > most)
            ForgetFirst();
    }

    /// <summary>Forgets the oldest id.</summary>
    public void ForgetFirst()
    {
        _ids.Remove(_order.Dequeue().Id);

        // Memory for many ids must not stay allocated if few are left: there are many senders, and each may have had many ids once.
        if (_order.Capacity > 64 && _order.Count < _order.Capacity / 4)
        {
            _order.TrimExcess();
            _ids.TrimExcess();
        }
    }

    /// <summary>Forgets the ids that came before a time.</summary>
    public void ForgetBefore(long time)
    {
        while (FirstTime < time)
            ForgetFirst();
    }
}
