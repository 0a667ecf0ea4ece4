namespace ChatAkka.Node.Limits;

/// <summary>Counts what happens against a <see cref="Rate"/>: in any time t at most burst + rate * t may happen. Not thread-safe.</summary>
/// <remarks>
/// It keeps one number, the time at which the bucket is full again (the generic cell rate algorithm of ITU-T I.371). So it is small enough for
/// every connection and address, needs no timer, and asks for the time no more often than its user does. Why it is not
/// <c>System.Threading.RateLimiting</c>: docs/decisions/0052.
/// </remarks>
internal struct TokenBucket
{
    /// <summary>Less than this is an error of rounding.</summary>
    private const double Nothing = 0.5;

    private double _fullAt;

    /// <summary>Takes some if that many are there.</summary>
    public bool TryTake(Rate rate, double count, TimeSpan now)
    {
        if (Wait(rate, count, now) > TimeSpan.Zero)
            return false;
        Take(rate, count, now);
        return true;
    }

    /// <summary>Takes some, also more than are there: then <see cref="Wait"/> is so much longer.</summary>
    public void Take(Rate rate, double count, TimeSpan now) => _fullAt = Math.Max(_fullAt, now.Ticks) + (count * rate.TicksEach);

    /// <summary>After how long that many are there; zero if they are there now. More than the burst are never there.</summary>
    public readonly TimeSpan Wait(Rate rate, double count, TimeSpan now)
    {
        var ticks = Math.Max(_fullAt, now.Ticks) + ((count - rate.Burst) * rate.TicksEach) - now.Ticks;
        return ticks < Nothing ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Ceiling(ticks));
    }

    /// <summary>True if nothing is missing, as at the start.</summary>
    public readonly bool IsFull(TimeSpan now) => _fullAt <= now.Ticks;
}
