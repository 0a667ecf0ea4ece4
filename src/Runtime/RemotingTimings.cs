namespace ChatAkka.Runtime;

/// <summary>The fixed intervals and time limits of the transport of Akka.Remote. The time limit of a dial is in its configuration.</summary>
internal sealed record RemotingTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="acceptPause">Pause after a connection from another member could not be accepted. Above 0 and at most a second. The process may have no
    /// file handles left, for example; connections that close meanwhile free some.</param>
    /// <param name="closeGrace">How long a connection that is being closed may take to send what waits. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public RemotingTimings(TimeSpan acceptPause, TimeSpan closeGrace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(acceptPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(acceptPause, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(closeGrace, TimeSpan.Zero);
        (AcceptPause, CloseGrace) = (acceptPause, closeGrace);
    }

    /// <summary>The timings of every member.</summary>
    public static RemotingTimings Standard { get; } = new(acceptPause: TimeSpan.FromMilliseconds(100), closeGrace: TimeSpan.FromSeconds(1));

    /// <summary>Pause after a connection from another member could not be accepted.</summary>
    public TimeSpan AcceptPause { get; }

    /// <summary>How long a connection that is being closed may take to send what waits.</summary>
    public TimeSpan CloseGrace { get; }
}
