namespace ChatAkka.Node.Mailboxes;

/// <summary>The bytes of events that were written or read lately. Messages are often read soon after they were stored.</summary>
/// <remarks>Pure and not thread-safe. At the bound the event is dropped that came first.</remarks>
/// <param name="most">The most bytes.</param>
internal sealed class EventCache(long most)
{
    private readonly Dictionary<long, byte[]> _events = [];
    private readonly Queue<long> _order = new();

    /// <summary>Bytes of the events.</summary>
    public long Bytes { get; private set; }

    /// <summary>The bytes of an event; null if it is not here.</summary>
    public byte[]? Find(long sequenceNr) => _events.GetValueOrDefault(sequenceNr);

    /// <summary>Adds an event.</summary>
    public void Add(long sequenceNr, byte[] bytes)
    {
        if (!_events.TryAdd(sequenceNr, bytes))
            return;
        _order.Enqueue(sequenceNr);
        Bytes += bytes.Length;
        while (Bytes > most && _order.TryDequeue(out var first))
            Remove(first);
    }

    /// <summary>Drops an event that nobody needs any more.</summary>
    public void Remove(long sequenceNr)
    {
        if (_events.Remove(sequenceNr, out var bytes))
            Bytes -= bytes.Length;

        // Numbers of events that are gone already would fill the queue.
        if (_order.Count > 64 && _order.Count > 2 * _events.Count)
        {
            var rest = _order.Where(_events.ContainsKey).ToList();
            _order.Clear();
            foreach (var number in rest)
                _order.Enqueue(number);
        }
    }
}
