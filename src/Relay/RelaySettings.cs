using ChatAkka.Startup;

namespace ChatAkka.Relay;

/// <summary>Settings of the relay.</summary>
/// <param name="GreetInterval">Pause between two heartbeats to the nodes.</param>
/// <param name="SweepInterval">Pause between two searches for dead nodes that were not cleaned up yet.</param>
/// <param name="RetryInterval">Pause before the next attempt when Redis did not answer.</param>
public sealed record RelaySettings(TimeSpan GreetInterval, TimeSpan SweepInterval, TimeSpan RetryInterval)
{
    /// <summary>Reads <c>chat.relay</c>.</summary>
    public static RelaySettings Create(ConfigReader reader) => new(
        reader.Duration("chat.relay.greet-interval", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
        reader.Duration("chat.relay.sweep-interval", TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1)),
        reader.Duration("chat.relay.retry-interval", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)));
}
