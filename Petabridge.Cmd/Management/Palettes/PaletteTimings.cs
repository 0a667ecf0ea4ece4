namespace ChatAkka.Management.Palettes;

/// <summary>The fixed time limits of the palettes that every member has.</summary>
internal sealed record PaletteTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="changeLimit">How long a command waits until a change of the members is visible. Above 0.</param>
    /// <param name="changeCheck">Pause between two checks whether it is. Above 0 and at most <paramref name="changeLimit"/>.</param>
    /// <param name="regionLimit">How long a shard region may take to answer. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public PaletteTimings(TimeSpan changeLimit, TimeSpan changeCheck, TimeSpan regionLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(changeLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(changeCheck, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changeCheck, changeLimit);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(regionLimit, TimeSpan.Zero);
        (ChangeLimit, ChangeCheck, RegionLimit) = (changeLimit, changeCheck, regionLimit);
    }

    /// <summary>How long a command waits until a change of the members is visible.</summary>
    public TimeSpan ChangeLimit { get; }

    /// <summary>Pause between two checks whether it is.</summary>
    public TimeSpan ChangeCheck { get; }

    /// <summary>How long a shard region may take to answer.</summary>
    public TimeSpan RegionLimit { get; }

    /// <summary>Makes timings that end before the host gives a command up: the palette then says what it waited for, and the host could not.</summary>
    /// <param name="answerTimeout">The value of <c>petabridge.cmd.answer-timeout</c>.</param>
    public static PaletteTimings Of(TimeSpan answerTimeout) => new(
        changeLimit: Shorter(TimeSpan.FromSeconds(4), answerTimeout * 0.8),
        changeCheck: TimeSpan.FromMilliseconds(50),
        regionLimit: Shorter(TimeSpan.FromSeconds(3), answerTimeout * 0.6));

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
