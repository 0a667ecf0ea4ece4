namespace ChatAkka.Chaos.History;

/// <summary>A history, sorted by what the rules ask for.</summary>
internal sealed class HistoryIndex
{
    private readonly Dictionary<int, Connection> _connections = [];
    private readonly Dictionary<(int, int), Message> _messages = [];
    private readonly List<Message> _strays = [];
    private readonly List<HistoryEvent.Disturbed> _disturbed;
    private readonly Dictionary<string, List<Connection>> _byUser = [];

    /// <summary>Sorts a history.</summary>
    public HistoryIndex(IReadOnlyList<HistoryEvent> events)
    {
        Events = events;
        _disturbed = [.. events.OfType<HistoryEvent.Disturbed>()];
        foreach (var e in events)
            Take(e);
    }

    /// <summary>All of it.</summary>
    public IReadOnlyList<HistoryEvent> Events { get; }

    /// <summary>The connections that logged in.</summary>
    public IReadOnlyCollection<Connection> Connections => _connections.Values;

    /// <summary>The chats that were sent.</summary>
    public IReadOnlyCollection<Message> Messages => _messages.Values;

    /// <summary>Chats that arrived and that nobody sent.</summary>
    public IReadOnlyList<Message> Strays => _strays;

    /// <summary>A user's connections, in the order of their logins.</summary>
    public IReadOnlyList<Connection> Of(string user) => _byUser.GetValueOrDefault(user) ?? [];

    /// <summary>True where the store lost its data.</summary>
    public bool StoreWasLost => Events.Any(e => e is HistoryEvent.StoreLost);

    /// <summary>True where a user acknowledges.</summary>
    public bool Acks(string user) => Of(user).Any(c => c.Acks);

    /// <summary>Finds a connection.</summary>
    public Connection? Find(int connection) => _connections.GetValueOrDefault(connection);

    /// <summary>Times in which a host or Redis was not itself and that touch the given time.</summary>
    public bool WasDisturbed(string host, long from, long to) =>
        _disturbed.Any(d => d.Host == host && d.At <= to && d.Until >= from);

    private void Take(HistoryEvent happened)
    {
        switch (happened)
        {
            case HistoryEvent.LoggedIn e:
                var connection = new Connection(e.Connection, e.User, e.Host, e.At, e.Acks);
                _connections[e.Connection] = connection;
                if (!_byUser.TryGetValue(e.User, out var list))
                    _byUser[e.User] = list = [];
                list.Add(connection);
                break;
            case HistoryEvent.Ended e when Find(e.Connection) is { } ended:
                ended.End = e.At;
                ended.Reason = e.Reason;
                break;
            case HistoryEvent.Sent e:
                _messages[(e.Connection, e.Number)] = new Message(e);
                break;
            case HistoryEvent.Answered e when _messages.TryGetValue((e.Connection, e.Number), out var answered):
                answered.Answers.Add(e);
                break;
            case HistoryEvent.Complained e when Find(e.Connection) is { } complained:
                complained.Complaints++;
                break;
            case HistoryEvent.Delivered e when _messages.TryGetValue((e.Sender, e.Number), out var delivered):
                delivered.Deliveries.Add(e);
                break;
            case HistoryEvent.Delivered e:
                _strays.Add(new Message(new HistoryEvent.Sent(e.At, e.Sender, e.Number, "", false)) { Deliveries = { e } });
                break;
        }
    }

    /// <summary>A client's connection, from login to end.</summary>
    internal sealed class Connection(int id, string user, string host, long start, bool acks)
    {
        public bool Acks => acks;

        public int Id => id;

        public string User => user;

        public string Host => host;

        public long Start => start;

        /// <summary>When it ended; the largest number while it is open.</summary>
        public long End { get; set; } = long.MaxValue;

        public string? Reason { get; set; }

        public bool IsOpen => End == long.MaxValue;

        public int Complaints { get; set; }
    }

    /// <summary>What became of a chat.</summary>
    internal sealed class Message(HistoryEvent.Sent sent)
    {
        public HistoryEvent.Sent Sent => sent;

        public List<HistoryEvent.Answered> Answers { get; } = [];

        public List<HistoryEvent.Delivered> Deliveries { get; } = [];

        public IReadOnlyList<HistoryEvent> Story => [sent, .. Deliveries.Concat<HistoryEvent>(Answers).OrderBy(e => e.At)];
    }
}
