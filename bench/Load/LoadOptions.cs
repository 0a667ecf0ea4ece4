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

/// <summary>On which nodes the two users of a pair are.</summary>
internal enum LoadPattern
{
    /// <summary>On different ones.</summary>
    Cross,

    /// <summary>On the same one.</summary>
    Local,

    /// <summary>Half of the pairs so, half so.</summary>
    Mixed,
}

/// <summary>What a run does.</summary>
internal sealed record LoadOptions
{
    /// <summary>Where clients connect, as HOST:PORT.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = ["127.0.0.1:9501"];

    /// <summary>chatakka, or nats to compare.</summary>
    public string Protocol { get; init; } = "chatakka";

    /// <summary>Users; pairs of them chat, the first with the second.</summary>
    public int Users { get; init; } = 200;

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
}
