using ChatAkka.Startup;

namespace ChatAkka.Relay;

/// <summary>Settings of the relay.</summary>
/// <param name="RetryInterval">Pause before something that failed is tried again: greeting a node, asking Redis.</param>
public sealed record RelaySettings(TimeSpan RetryInterval)
{
    /// <summary>Reads <c>chat.relay</c>.</summary>
    public static RelaySettings Create(ConfigReader reader) =>
        new(reader.Duration("chat.relay.retry-interval", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)));
}
