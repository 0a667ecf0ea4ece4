namespace ChatAkka.Node.Links;

/// <summary>Chooses the path of one link. Nothing else does.</summary>
/// <remarks>
/// <code>
/// event                                        direct, no relay   through relay         fallback (direct)
/// relay is usable: first, next term, or again  through relay      through relay, again  through relay
/// relay is unusable                            -                  direct                direct, no fallback any more
/// no acknowledgement in time                   -                  fallback              through relay
/// target has started, or was disconnected      -                  -                     through relay
/// fallback time is over                        -                  -                     through relay
/// </code>
/// The relay may reach this node and not the target. So a link that gets no acknowledgement through the relay falls back to the direct path for a
/// limited time, and tries the two paths in turns as long as no acknowledgement comes. With <c>chat.routing = direct</c> the link never leaves the
/// direct path. Pure and not thread-safe: the link's actor says what happened and does what each answer says. docs/delivery.md, "Paths".
/// </remarks>
/// <param name="throughRelay">False with <c>chat.routing = direct</c>.</param>
/// <param name="fallback">How long a link that got no acknowledgement through the relay stays on the direct path.</param>
internal sealed class PathPolicy(bool throughRelay, TimeSpan fallback)
{
    private bool _hasRelay;
    private TimeSpan? _fallbackEnd;

    /// <summary>The path of all frames now.</summary>
    public PathKind Current => throughRelay && _hasRelay && _fallbackEnd is null ? PathKind.ThroughRelay : PathKind.Direct;

    /// <summary>True if the link uses the direct path only until the fallback time is over.</summary>
    public bool IsFallback => _fallbackEnd is not null;

    /// <summary>A relay can be used: the first one, one with a later term, or one that was doubted and has sent a heartbeat.</summary>
    public PathDecision RelayBecameUsable()
    {
        _hasRelay = true;
        _fallbackEnd = null;
        return new PathDecision(Current, SendsAgain: throughRelay);
    }

    /// <summary>The relay cannot be used any more: it is silent, disconnected or unreachable, or it has ended.</summary>
    public PathDecision RelayBecameUnusable()
    {
        var before = Current;
        _hasRelay = false;
        _fallbackEnd = null;
        return new PathDecision(Current, SendsAgain: Current != before);
    }

    /// <summary>The target's gateway has started. What was sent before on either path may not have found it.</summary>
    public PathDecision TargetStarted() => EndFallback(sendsAgain: true);

    /// <summary>A connection between this node and the target was lost, and frames or acknowledgements with it.</summary>
    public PathDecision TargetDisconnected() => EndFallback(sendsAgain: true);

    /// <summary>No acknowledgement came in time on the path in use. The link tries the other one, if there is another one.</summary>
    /// <param name="now">When, on any clock that only moves forward.</param>
    public PathDecision NotAcknowledged(TimeSpan now)
    {
        _fallbackEnd = Current == PathKind.ThroughRelay ? now + fallback : null;
        return new PathDecision(Current, SendsAgain: true);
    }

    /// <summary>Time has passed, and nothing else happened. Frames in flight on the direct path still arrive when the fallback ends.</summary>
    /// <param name="now">When, on the clock of <see cref="NotAcknowledged"/>.</param>
    public PathDecision TimePassed(TimeSpan now) => _fallbackEnd is { } end && now >= end
        ? EndFallback(sendsAgain: false)
        : new PathDecision(Current, SendsAgain: false);

    private PathDecision EndFallback(bool sendsAgain)
    {
        _fallbackEnd = null;
        return new PathDecision(Current, sendsAgain);
    }
}
