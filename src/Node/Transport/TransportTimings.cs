namespace ChatAkka.Node.Transport;

/// <summary>The fixed intervals and time limits of the client transport.</summary>
internal sealed record TransportTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="acceptPause">Pause after a connection could not be accepted. Above 0 and at most a second. The process may have no file handles left,
    /// for example; connections that close meanwhile free some.</param>
    /// <param name="keepAliveAfter">If a client sends nothing for this long, the kernel probes whether its host still exists. Whole seconds, at least
    /// 1.</param>
    /// <param name="keepAliveInterval">Pause between two probes. Whole seconds, at least 1.</param>
    /// <param name="keepAliveProbes">After this many probes without an answer the connection is closed. At least 1.</param>
    /// <param name="certificateCheck">How often the files of certificates are looked at. Above 0.</param>
    /// <param name="failurePace">The least time between two log lines about handshakes that failed. Above 0.</param>
    /// <param name="handshakeInStorm">How long a handshake may take if many are under way. Above <paramref name="handshakeSilence"/>. An honest one needs
    /// milliseconds, and a few times the way to its client and back.</param>
    /// <param name="handshakeSilence">A handshake that waits for its client for so long may end in favour of another. Above 0.</param>
    /// <param name="headerLimit">How long a proxy may take to say where its client comes from. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public TransportTimings(
        TimeSpan acceptPause,
        TimeSpan keepAliveAfter,
        TimeSpan keepAliveInterval,
        int keepAliveProbes,
        TimeSpan certificateCheck,
        TimeSpan failurePace,
        TimeSpan handshakeInStorm,
        TimeSpan handshakeSilence,
        TimeSpan headerLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(acceptPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(acceptPause, TimeSpan.FromSeconds(1));
        ThrowIfNotWholeSeconds(keepAliveAfter, nameof(keepAliveAfter));
        ThrowIfNotWholeSeconds(keepAliveInterval, nameof(keepAliveInterval));
        ArgumentOutOfRangeException.ThrowIfLessThan(keepAliveProbes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(certificateCheck, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(failurePace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(handshakeSilence, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(handshakeInStorm, handshakeSilence);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(headerLimit, TimeSpan.Zero);
        (CertificateCheck, FailurePace, HeaderLimit) = (certificateCheck, failurePace, headerLimit);
        (HandshakeInStorm, HandshakeSilence) = (handshakeInStorm, handshakeSilence);
        (AcceptPause, KeepAliveAfter, KeepAliveInterval, KeepAliveProbes) = (acceptPause, keepAliveAfter, keepAliveInterval, keepAliveProbes);
    }

    /// <summary>The timings of a node.</summary>
    public static TransportTimings Standard { get; } = new(
        acceptPause: TimeSpan.FromMilliseconds(100), keepAliveAfter: TimeSpan.FromMinutes(1), keepAliveInterval: TimeSpan.FromSeconds(10), keepAliveProbes: 3,
        certificateCheck: TimeSpan.FromSeconds(2), failurePace: TimeSpan.FromSeconds(10),
        handshakeInStorm: TimeSpan.FromSeconds(3), handshakeSilence: TimeSpan.FromSeconds(1), headerLimit: TimeSpan.FromSeconds(3));

    /// <summary>Pause after a connection could not be accepted.</summary>
    public TimeSpan AcceptPause { get; }

    /// <summary>If a client sends nothing for this long, the kernel probes whether its host still exists.</summary>
    public TimeSpan KeepAliveAfter { get; }

    /// <summary>Pause between two probes.</summary>
    public TimeSpan KeepAliveInterval { get; }

    /// <summary>After this many probes without an answer the connection is closed.</summary>
    public int KeepAliveProbes { get; }

    /// <summary>How often the files of certificates are looked at.</summary>
    public TimeSpan CertificateCheck { get; }

    /// <summary>How long a proxy may take to say where its client comes from.</summary>
    public TimeSpan HeaderLimit { get; }

    /// <summary>The least time between two log lines about handshakes that failed.</summary>
    public TimeSpan FailurePace { get; }

    /// <summary>How long a handshake may take if many are under way.</summary>
    public TimeSpan HandshakeInStorm { get; }

    /// <summary>A handshake that waits for its client for so long may end in favour of another.</summary>
    public TimeSpan HandshakeSilence { get; }

    /// <summary>The kernel takes whole seconds only.</summary>
    private static void ThrowIfNotWholeSeconds(TimeSpan value, string name)
    {
        if (value < TimeSpan.FromSeconds(1) || value.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentOutOfRangeException(name, value, "must be whole seconds, at least 1");
    }
}
