using ChatAkka.Startup;

namespace ChatAkka.Relay;

/// <summary>Settings of the relay.</summary>
/// <param name="GreetInterval">Pause between two heartbeats to the nodes.</param>
/// <param name="SweepInterval">Pause between two searches for dead nodes that were not cleaned up yet.</param>
/// <param name="RetryInterval">Pause before the next attempt when Redis did not answer.</param>
public sealed record RelaySettings(TimeSpan GreetInterval, TimeSpan SweepInterval, TimeSpan RetryInterval)
{
    /// <summary>A relay whose timers did not run for this long was suspended, and what it knows of the members may be old.</summary>
    public TimeSpan SuspendedAfter { get; init; } = TimeSpan.FromSeconds(3) > GreetInterval * 6 ? TimeSpan.FromSeconds(3) : GreetInterval * 6;

    /// <summary>After it was suspended, the relay declares nobody dead for this long only because the node is not a member. It is longer than a relay that was removed
    /// meanwhile needs to find that out.</summary>
    public TimeSpan DoubtFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the agent waits for the answer of the relay in its process. Above 0: an operator waits for the answer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0.</exception>
    public TimeSpan AgentAnswerLimit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>Reads <c>chat.relay</c>.</summary>
    public static RelaySettings Create(ConfigReader reader) => new(
        reader.Duration("chat.relay.greet-interval", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
        reader.Duration("chat.relay.sweep-interval", TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1)),
        reader.Duration("chat.relay.retry-interval", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)));
}
