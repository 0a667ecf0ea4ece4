namespace ChatAkka.Node.Logins;

/// <summary>What is known of the logins of one account, or from one address. Times are time stamps. Not thread-safe.</summary>
/// <param name="created">The present time.</param>
internal sealed class FailureCount(long created)
{
    private int _underWay;
    private long _freeAt = created;

    /// <summary>How many failed.</summary>
    public int Failures { get; private set; }

    /// <summary>How many will have failed if all that are under way fail.</summary>
    public int Expected => Failures + _underWay;

    /// <summary>When the last one failed.</summary>
    public long LastFailure { get; private set; } = created;

    /// <summary>True if none is under way.</summary>
    public bool IsIdle => _underWay == 0;

    /// <summary>True if there is nothing to remember.</summary>
    public bool IsEmpty => IsIdle && Failures == 0;

    /// <summary>Gives how long the next one has to wait.</summary>
    public TimeSpan WaitAt(long now, TimeProvider time) => _freeAt <= now ? TimeSpan.Zero : time.GetElapsedTime(now, _freeAt);

    /// <summary>One begins.</summary>
    /// <param name="next">When the next one may be checked.</param>
    public void Begin(long next)
    {
        _underWay++;
        _freeAt = Math.Max(_freeAt, next);
    }

    /// <summary>One is no longer under way.</summary>
    public void End() => _underWay = Math.Max(0, _underWay - 1);

    /// <summary>One failed.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="next">When the next one may be checked.</param>
    public void Fail(long now, long next)
    {
        Failures++;
        LastFailure = now;
        _freeAt = Math.Max(_freeAt, next);
    }

    /// <summary>The failures count no more.</summary>
    public void Clear(long now) => (Failures, _freeAt) = (0, now);
}
