using ChatAkka.Startup;

namespace ChatAkka.Node.Routing;

/// <summary>Settings for finding recipients.</summary>
/// <param name="ThroughRelay">If true, frames go through the relay while one is usable. If false, they always go directly.</param>
/// <param name="CacheSize">The most routes in the place cache. Above it routes are evicted. Routes to sessions on this node do not count, and
/// stay.</param>
/// <param name="RetryDelay">The pause before a place that was wrong is looked up or tried again: a login may be in progress there.</param>
/// <param name="MaxAttempts">How often a chat is sent to a wrong place before its recipient counts as offline.</param>
/// <param name="UnknownNodePatience">How long chats wait for a node that the registry names and that is not a member.</param>
internal sealed record RoutingSettings(
    bool ThroughRelay, int CacheSize, TimeSpan RetryDelay, int MaxAttempts, TimeSpan UnknownNodePatience)
{
    /// <summary>The largest value of <see cref="MaxAttempts"/>: a chat counts its attempts in one byte.</summary>
    public const int MostAttempts = byte.MaxValue;

    /// <summary>The most routes in the place cache.</summary>
    public int CacheSize { get; } = Checked(CacheSize, CacheSize >= 1, nameof(CacheSize), "at least 1");

    /// <summary>The pause before a place that was wrong is looked up or tried again.</summary>
    public TimeSpan RetryDelay { get; } = Checked(RetryDelay, RetryDelay > TimeSpan.Zero, nameof(RetryDelay), "longer than 0");

    /// <summary>How often a chat is sent to a wrong place before its recipient counts as offline.</summary>
    public int MaxAttempts { get; } = Checked(MaxAttempts, MaxAttempts is >= 1 and <= MostAttempts, nameof(MaxAttempts), $"from 1 to {MostAttempts}");

    /// <summary>How long chats wait for a node that the registry names and that is not a member.</summary>
    public TimeSpan UnknownNodePatience { get; } =
        Checked(UnknownNodePatience, UnknownNodePatience >= TimeSpan.Zero, nameof(UnknownNodePatience), "0 or longer");

    /// <summary>Reads <c>chat.routing</c> and <c>chat.place-cache</c>.</summary>
    public static RoutingSettings Create(ConfigReader reader) => new(
        reader.Choice("chat.routing", "relay", "direct") == "relay",
        reader.Int("chat.place-cache.size", 1000, 10_000_000),
        reader.Duration("chat.place-cache.retry-delay", TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(5)),
        reader.Int("chat.place-cache.max-attempts", 1, 100),
        reader.Duration("chat.place-cache.unknown-node-patience", TimeSpan.Zero, TimeSpan.FromMinutes(1)));

    private static T Checked<T>(T value, bool isGood, string name, string rule) =>
        isGood ? value : throw new ArgumentOutOfRangeException(name, value, $"must be {rule}");
}
