using ChatAkka.Startup;

namespace ChatAkka.Node.Routing;

/// <summary>Settings of finding recipients.</summary>
/// <param name="ThroughRelay">True: frames go through the relay while there is one. False: always from node to node.</param>
/// <param name="CacheSize">The most places remembered; users of this node do not count.</param>
/// <param name="RetryDelay">Pause before a place that was wrong is looked up or tried again: a login may be on its way there.</param>
/// <param name="MaxAttempts">How often a chat is tried before its recipient counts as offline.</param>
/// <param name="UnknownNodePatience">How long a node that is no member yet is waited for.</param>
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
