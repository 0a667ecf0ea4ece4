namespace ChatAkka.Management.Hosting;

/// <summary>The fixed pauses and time limits of the <see cref="CommandHostActor"/> and of what it starts. The times that operators can set are in
/// <see cref="ManagementSettings"/>.</summary>
internal sealed record HostTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="acceptPause">After a client could not be accepted, the next one is accepted after this pause. Above 0 and at most a second,
    /// because clients wait for it.</param>
    /// <param name="closeGrace">How long a session that ends may take to write what its client was told last, and the client to close its side. Above
    /// 0.</param>
    /// <param name="retryPause">If a client has no space for an answer, the answer is tried again after this pause. Above 0 and at most a second, because
    /// the client is closed when it took nothing for the time of <c>petabridge.cmd.answer-timeout</c>, which is at least a second.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public HostTimings(TimeSpan acceptPause, TimeSpan closeGrace, TimeSpan retryPause)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(acceptPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(acceptPause, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(closeGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(retryPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(retryPause, TimeSpan.FromSeconds(1));
        (AcceptPause, CloseGrace, RetryPause) = (acceptPause, closeGrace, retryPause);
    }

    /// <summary>The timings of a process.</summary>
    public static HostTimings Standard { get; } = new(
        acceptPause: TimeSpan.FromMilliseconds(100), closeGrace: TimeSpan.FromSeconds(1), retryPause: TimeSpan.FromMilliseconds(20));

    /// <summary>After a client could not be accepted, the next one is accepted after this pause.</summary>
    public TimeSpan AcceptPause { get; }

    /// <summary>How long a session that ends may take to write what its client was told last, and the client to close its side.</summary>
    public TimeSpan CloseGrace { get; }

    /// <summary>If a client has no space for an answer, the answer is tried again after this pause.</summary>
    public TimeSpan RetryPause { get; }
}
