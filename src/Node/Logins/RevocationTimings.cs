namespace ChatAkka.Node.Logins;

/// <summary>The fixed intervals of the <see cref="RevocationActor"/>.</summary>
internal sealed record RevocationTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="lookInterval">Pause between two looks for what is revoked. Above 0 and at most half a second: what is revoked takes effect within a second, and the
    /// listener looks for sessions that must end only after that.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in its range.</exception>
    public RevocationTimings(TimeSpan lookInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lookInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lookInterval, TimeSpan.FromSeconds(0.5));
        LookInterval = lookInterval;
    }

    /// <summary>The timings of a node.</summary>
    public static RevocationTimings Standard { get; } = new(lookInterval: TimeSpan.FromMilliseconds(400));

    /// <summary>Pause between two looks for what is revoked.</summary>
    public TimeSpan LookInterval { get; }
}
