namespace ChatAkka.Chaos;

/// <summary>What a run does.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Host of redis-server.</summary>
    public const string Redis = "redis";

    /// <summary>Host of the server that takes over where that one fails.</summary>
    public const string StandbyRedis = "redis2";

    /// <summary>Decides which faults come, on whom, and when.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many rounds, one fault each; 0: each chosen fault once.</summary>
    public int Rounds { get; init; }

    /// <summary>No round begins after this long.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Names of the faults to choose from; empty: all.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Chats a second, over all users.</summary>
    public int Rate { get; init; } = 500;

    /// <summary>Users.</summary>
    public int Users { get; init; } = 60;

    /// <summary>Nodes.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Relays; all but one stand by.</summary>
    public int Relays { get; init; } = 2;

    /// <summary>The most clients a node takes; so few that those of a dead node do not all fit on one other.</summary>
    public int Cap { get; init; } = 40;

    /// <summary>Time bounds are so many times those of docs/operations.md: for machines that do other things as well.</summary>
    public double Patience { get; init; } = 1;

    /// <summary>The rule whose first violation ends the run; <c>any</c> for whichever; null to go on.</summary>
    public string? Until { get; init; }

    /// <summary>Protections that the servers leave out.</summary>
    public string Sabotage { get; init; } = "";

    /// <summary>Where logs and histories of failed rounds go.</summary>
    public string Logs { get; init; } = Path.Combine(Path.GetTempPath(), "chatakka-chaos");

    /// <summary>True for a soak: one fault a minute under steady load and visitors, and a report of how the resources change.</summary>
    public bool IsSoak { get; init; }

    /// <summary>Visitors a second in a soak: users with a new name each.</summary>
    public int Visitors { get; init; } = 100;

    /// <summary>The least length of a round, with the load going on.</summary>
    public TimeSpan RoundLength => IsSoak ? TimeSpan.FromMinutes(1) : TimeSpan.Zero;

    /// <summary>True to say each step.</summary>
    public bool Verbose { get; init; }

    public IReadOnlyList<string> NodeHosts => [.. Enumerable.Range(1, Nodes).Select(i => $"n{i}")];

    public IReadOnlyList<string> RelayHosts => [.. Enumerable.Range(1, Relays).Select(i => $"r{i}")];

    /// <summary>The node that no fault ends in a soak, so that its resources can be followed; null if there is none.</summary>
    public string? SparedHost => IsSoak ? NodeHosts[0] : null;

    /// <summary>These options as those of a soak: a round a minute, and space for the visitors.</summary>
    /// <param name="hasRate">True if a rate was asked for; otherwise it is 2,000 chats a second.</param>
    public ChaosOptions ForSoak(bool hasRate) => this with
    {
        IsSoak = true,
        Rounds = (int)Math.Ceiling(Length / TimeSpan.FromMinutes(1)),
        Rate = hasRate ? Rate : 2000,
        Cap = 200,
    };

    public IReadOnlyList<string> Hosts => [.. NodeHosts, .. RelayHosts, Redis, StandbyRedis, Lab.NamespaceLab.Clients];
}
