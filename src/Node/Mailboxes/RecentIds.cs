namespace ChatAkka.Node.Mailboxes;

/// <summary>The last ids of one sender, as many and as old as set.</summary>
/// <remarks>Pure and not thread-safe.</remarks>
internal sealed class RecentIds
{
    private readonly Queue<(string Id, long Time)> _order = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>The ids, oldest first, with the time they came.</summary>
    public IEnumerable<(string Id, long Time)> All => _order;

    /// <summary>How many.</summary>
    public int Count => _order.Count;

    /// <summary>When the last one came.</summary>
    public long LastTime { get; private set; }

    /// <summary>True for an id that came before.</summary>
    public bool Contains(string id) => _ids.Contains(id);

    /// <summary>Remembers an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="time">When it came.</param>
    /// <param name="most">So many are kept.</param>
    public void Add(string id, long time, int most)
    {
        LastTime = time;
        if (!_ids.Add(id))
            return;
        _order.Enqueue((id, time));
        while (_order.Count > most)
            _ids.Remove(_order.Dequeue().Id);
    }

    /// <summary>Forgets those that came before a time.</summary>
    public void ForgetBefore(long time)
    {
        while (_order.TryPeek(out var oldest) && oldest.Time < time)
            _ids.Remove(_order.Dequeue().Id);
    }
}
