namespace ChatAkka.Node.Clients;

/// <summary>The fixed intervals and time limits of the <see cref="ListenerActor"/>. The time limits that operators can set are in
/// <see cref="ConnectionSettings"/>.</summary>
internal sealed record ListenerTimings
{
    /// <summary>A time-out of a connection takes effect at most this much late.</summary>
    public static readonly TimeSpan MostSweepInterval = TimeSpan.FromSeconds(1);

    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="sweepInterval">Pause between two searches for connections of which a time-out has passed. Above 0 and at most
    /// <see cref="MostSweepInterval"/>.</param>
    /// <param name="refusalGrace">How long a refused client may take to read why and to close its connection. Above 0.</param>
    /// <param name="drainInterval">Pause between two groups of clients that a drain sends to other nodes. Above 0 and at most a second, because the
    /// pace of a drain is given in clients a second.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public ListenerTimings(TimeSpan sweepInterval, TimeSpan refusalGrace, TimeSpan drainInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(sweepInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sweepInterval, MostSweepInterval);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(refusalGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(drainInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drainInterval, TimeSpan.FromSeconds(1));
        (SweepInterval, RefusalGrace, DrainInterval) = (sweepInterval, refusalGrace, drainInterval);
    }

    /// <summary>The timings of a node.</summary>
    public static ListenerTimings Standard { get; } = new(
        sweepInterval: TimeSpan.FromMilliseconds(250), refusalGrace: TimeSpan.FromSeconds(1), drainInterval: TimeSpan.FromMilliseconds(100));

    /// <summary>Pause between two searches for connections of which a time-out has passed.</summary>
    public TimeSpan SweepInterval { get; }

    /// <summary>How long a refused client may take to read why and to close its connection.</summary>
    public TimeSpan RefusalGrace { get; }

    /// <summary>Pause between two groups of clients that a drain sends to other nodes.</summary>
    public TimeSpan DrainInterval { get; }
}
