namespace ChatAkka.Node;

/// <summary>The fixed intervals of the start and the end of a node. The time limits that operators can set are in <see cref="NodeSettings"/>.</summary>
internal sealed record NodeTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="reminderInterval">Pause between two log lines that say what the node waits for. Above 0.</param>
    /// <param name="flushPoll">Pause between two checks whether the links of a node that stops are empty. Above 0 and at most a second, because a stop
    /// takes up to this much longer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public NodeTimings(TimeSpan reminderInterval, TimeSpan flushPoll)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(reminderInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(flushPoll, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(flushPoll, TimeSpan.FromSeconds(1));
        (ReminderInterval, FlushPoll) = (reminderInterval, flushPoll);
    }

    /// <summary>The timings of a node.</summary>
    public static NodeTimings Standard { get; } = new(reminderInterval: TimeSpan.FromSeconds(5), flushPoll: TimeSpan.FromMilliseconds(10));

    /// <summary>Pause between two log lines that say what the node waits for.</summary>
    public TimeSpan ReminderInterval { get; }

    /// <summary>Pause between two checks whether the links of a node that stops are empty.</summary>
    public TimeSpan FlushPoll { get; }
}
