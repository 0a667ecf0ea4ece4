namespace ChatAkka.Node.Limits;

/// <summary>How much may happen: so much a second in the long run, and so much at once after a rest.</summary>
internal sealed record Rate
{
    /// <summary>Checks and keeps the rate.</summary>
    /// <param name="perSecond">How much in a second. Above 0.</param>
    /// <param name="burst">How much at once after a rest. At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public Rate(double perSecond, double burst)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(perSecond, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        (TicksEach, Burst) = (TimeSpan.TicksPerSecond / perSecond, burst);
    }

    /// <summary>How much at once after a rest.</summary>
    public double Burst { get; }

    /// <summary>After how long one more may happen, in ticks of <see cref="TimeSpan"/>.</summary>
    public double TicksEach { get; }
}
