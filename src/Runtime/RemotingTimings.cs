namespace ChatAkka.Runtime;

/// <summary>The fixed intervals and time limits of the transport of Akka.Remote. The time limit of a dial is in its configuration.</summary>
internal sealed record RemotingTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="acceptPause">Pause after a connection from another member could not be accepted. Above 0 and at most a second. The process may have no
    /// file handles left, for example; connections that close meanwhile free some.</param>
    /// <param name="closeGrace">How long a connection that is being closed may take to send what waits. Above 0.</param>
    /// <param name="handshakeLimit">How long two members may take to prove to each other that they belong to the cluster. Above 0.</param>
    /// <param name="handshakeInStorm">How long that may take if many are under way. Above <paramref name="handshakeSilence"/>.</param>
    /// <param name="handshakeSilence">A handshake that waits for its peer for so long may end in favour of another. Above 0.</param>
    /// <param name="fileCheck">How often the files of cookies and certificates are looked at. Above 0.</param>
    /// <param name="refusalPace">The least time between two log lines about connections, or messages, that were refused. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public RemotingTimings(
        TimeSpan acceptPause,
        TimeSpan closeGrace,
        TimeSpan handshakeLimit,
        TimeSpan handshakeInStorm,
        TimeSpan handshakeSilence,
        TimeSpan fileCheck,
        TimeSpan refusalPace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(acceptPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(acceptPause, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(closeGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(handshakeLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(handshakeSilence, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(handshakeInStorm, handshakeSilence);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(fileCheck, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(refusalPace, TimeSpan.Zero);
        (AcceptPause, CloseGrace, HandshakeLimit) = (acceptPause, closeGrace, handshakeLimit);
        (HandshakeInStorm, HandshakeSilence) = (handshakeInStorm, handshakeSilence);
        (FileCheck, RefusalPace) = (fileCheck, refusalPace);
    }

    /// <summary>The timings of every member.</summary>
    public static RemotingTimings Standard { get; } = new(
        acceptPause: TimeSpan.FromMilliseconds(100),
        closeGrace: TimeSpan.FromSeconds(1),
        handshakeLimit: TimeSpan.FromSeconds(5),
        handshakeInStorm: TimeSpan.FromSeconds(3),
        handshakeSilence: TimeSpan.FromSeconds(1),
        fileCheck: TimeSpan.FromSeconds(2),
        refusalPace: TimeSpan.FromSeconds(10));

    /// <summary>Pause after a connection from another member could not be accepted.</summary>
    public TimeSpan AcceptPause { get; }

    /// <summary>How long a connection that is being closed may take to send what waits.</summary>
    public TimeSpan CloseGrace { get; }

    /// <summary>How long two members may take to prove to each other that they belong to the cluster.</summary>
    public TimeSpan HandshakeLimit { get; }

    /// <summary>How long that may take if many are under way.</summary>
    public TimeSpan HandshakeInStorm { get; }

    /// <summary>A handshake that waits for its peer for so long may end in favour of another.</summary>
    public TimeSpan HandshakeSilence { get; }

    /// <summary>How often the files of cookies and certificates are looked at.</summary>
    public TimeSpan FileCheck { get; }

    /// <summary>The least time between two log lines about connections, or messages, that were refused.</summary>
    public TimeSpan RefusalPace { get; }
}
