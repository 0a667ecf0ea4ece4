using ChatAkka.Startup;

namespace ChatAkka.Node.Routing;

/// <summary>Settings for finding recipients.</summary>
/// <param name="ThroughRelay">If true, frames go through the relay while one is usable. If false, they always go directly.</param>
/// <param name="CacheSize">The most routes. Above it routes are evicted; those to users of this node count, but stay.</param>
/// <param name="RetryDelay">The pause before a place that was wrong is looked up or tried again: a login may be in progress there.</param>
/// <param name="MaxAttempts">How often a chat is sent to a wrong place before its recipient counts as offline.</param>
/// <param name="UnknownNodePatience">How long chats wait for a node that the registry names and that is not a member.</param>
internal sealed record RoutingSettings(
    bool ThroughRelay, int CacheSize, TimeSpan RetryDelay, int MaxAttempts, TimeSpan UnknownNodePatience)
{
    /// <summary>Reads <c>chat.routing</c> and <c>chat.place-cache</c>.</summary>
    public static RoutingSettings Create(ConfigReader reader) => new(
        reader.Choice("chat.routing", "relay", "direct") == "relay",
        reader.Int("chat.place-cache.size", 1000, 10_000_000),
        reader.Duration("chat.place-cache.retry-delay", TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(5)),
        reader.Int("chat.place-cache.max-attempts", 1, 100),
        reader.Duration("chat.place-cache.unknown-node-patience", TimeSpan.Zero, TimeSpan.FromMinutes(1)));
}
