namespace ChatAkka.Management.Chat;

/// <summary>The fixed intervals of the <see cref="ChatPalette"/>.</summary>
internal sealed record ChatTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="drainInterval">Pause between two reports of a drain to the operator who started it. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in its range.</exception>
    public ChatTimings(TimeSpan drainInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(drainInterval, TimeSpan.Zero);
        DrainInterval = drainInterval;
    }

    /// <summary>The timings of a process.</summary>
    public static ChatTimings Standard { get; } = new(drainInterval: TimeSpan.FromSeconds(1));

    /// <summary>Pause between two reports of a drain to the operator who started it.</summary>
    public TimeSpan DrainInterval { get; }

    /// <summary>A node that said nothing for this long does not answer: two reports are missing, and the time limit of the last question is over.</summary>
    /// <param name="memberTimeout">The value of <c>petabridge.cmd.member-timeout</c>.</param>
    public TimeSpan SilenceLimit(TimeSpan memberTimeout) => memberTimeout + (2 * DrainInterval);
}
