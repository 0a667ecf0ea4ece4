namespace ChatAkka.Chaos.History;

/// <summary>Takes down what happens, in the order in which it is told. Any thread may tell.</summary>
/// <remarks>A round takes the events it has and leaves what goes on, so memory does not grow with the run.</remarks>
internal sealed class EventLog(TextWriter console, bool verbose)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, HistoryEvent.LoggedIn> _open = [];
    private List<HistoryEvent> _events = [];

    /// <summary>Takes down an event.</summary>
    public void Add(HistoryEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
            if (happened is HistoryEvent.LoggedIn login)
                _open[login.Connection] = login;
            else if (happened is HistoryEvent.Ended ended)
                _open.Remove(ended.Connection);
        }
    }

    /// <summary>Says what is going on, for people.</summary>
    public void Note(string text)
    {
        if (verbose)
            console.WriteLine($"  {Clock.Now / 1e6,8:F2} {text}");
    }

    /// <summary>What was taken down in this round so far.</summary>
    public IReadOnlyList<HistoryEvent> Copy()
    {
        lock (_gate)
            return [.. _events];
    }

    /// <summary>Ends a round: gives its events, and begins the next with the connections that stay open and the disturbances that go on.</summary>
    public IReadOnlyList<HistoryEvent> Take()
    {
        lock (_gate)
        {
            var taken = _events;
            var now = Clock.Now;
            _events = [.. taken.Where(e => e is HistoryEvent.Disturbed d && d.Until > now), .. _open.Values];
            return taken;
        }
    }
}
