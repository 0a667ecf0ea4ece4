namespace ChatAkka.Load;

/// <summary>How senders decide when to send.</summary>
internal enum LoadMode
{
    /// <summary>Each sender keeps a number of chats in flight.</summary>
    Closed,

    /// <summary>Chats are due at a rate, whatever became of the ones before.</summary>
    Open,

    /// <summary>Nobody sends.</summary>
    Idle,
}

/// <summary>Who chats with whom.</summary>
internal enum LoadPattern
{
    /// <summary>Pairs of users on different nodes.</summary>
    Cross,

    /// <summary>Pairs of users on the same node.</summary>
    Local,

    /// <summary>Half of the pairs so, half so.</summary>
    Mixed,

    /// <summary>Pairs of users on different nodes. Chats have ids, and a chat is in flight until its recipient has acknowledged it.</summary>
    Acks,

    /// <summary>Senders whose recipients are offline. A chat is in flight until it has the receipt <c>stored</c>.</summary>
    Away,

    /// <summary>Messages are stored for users who are offline; the time is measured until all of them have logged in and have read all.</summary>
    Backlog,
}

/// <summary>What a run does.</summary>
internal sealed record LoadOptions
{
    /// <summary>Where clients connect, as HOST:PORT.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = ["127.0.0.1:9501"];

    /// <summary>chatakka, or to compare nats or jetstream.</summary>
    public string Protocol { get; init; } = "chatakka";

    /// <summary>Users who log in and are measured: pairs, senders, or readers of a backlog; null: as many as are usual for the pattern.</summary>
    public int? Users { get; init; }

    /// <summary>How many users log in and are measured.</summary>
    public int UserCount => Users ?? Pattern switch
    {
        LoadPattern.Away => 100,
        LoadPattern.Backlog => 500,
        _ => 200,
    };

    public LoadMode Mode { get; init; }

    public LoadPattern Pattern { get; init; }

    /// <summary>Chats in flight of each sender, in a closed loop.</summary>
    public int Window { get; init; } = 1;

    /// <summary>Chats a second over all senders, in an open loop.</summary>
    public int Rate { get; init; } = 1000;

    /// <summary>True to give each chat an id, and to go on with its receipt.</summary>
    public bool Receipts { get; init; }

    /// <summary>True where recipients acknowledge what they get: it comes through their mailboxes.</summary>
    public bool Acks { get; init; }

    /// <summary>To how many users who are offline a sender sends at a time.</summary>
    public int Recipients { get; init; } = 20;

    /// <summary>How many messages of each user wait, in a backlog.</summary>
    public int Waiting { get; init; } = 100;

    /// <summary>True to log in as the recipients after the measurement and to read what waits: all that was stored, nothing that was acknowledged.</summary>
    public bool ReadBack { get; init; }

    /// <summary>Bytes of a chat's content.</summary>
    public int Size { get; init; } = 100;

    /// <summary>Time that is measured.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time before it.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Processes whose CPU time and memory are reported.</summary>
    public IReadOnlyList<int> Processes { get; init; } = [];

    /// <summary>How many log in at a time.</summary>
    public int LoginsAtOnce { get; init; } = 64;

    /// <summary>Where the figures go as JSON; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Where the latencies go as a picture; null: nowhere.</summary>
    public string? Svg { get; init; }

    /// <summary>Says why there is no such run; null: there is one.</summary>
    public string? Problem()
    {
        var needsMailboxes = Pattern is LoadPattern.Acks or LoadPattern.Away or LoadPattern.Backlog;
        if (Protocol == "nats" && (Receipts || Acks || needsMailboxes))
            return "nats has no receipts, no acknowledgements and no mailboxes; jetstream has";
        if (Protocol == "jetstream" && !needsMailboxes)
            return "jetstream is for the patterns acks, away and backlog";
        if (needsMailboxes && (Mode != LoadMode.Closed || Receipts || Acks))
            return "the patterns acks, away and backlog are closed loops, and imply receipts and acknowledgements";
        if (ReadBack && Pattern is not (LoadPattern.Acks or LoadPattern.Away))
            return "--read-back is for the patterns acks and away";
        return Waiting is < 1 or > AwaySender.MostMessages ? $"--waiting is from 1 to {AwaySender.MostMessages}" : null;
    }
}
