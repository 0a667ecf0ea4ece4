using ChatAkka.Sessions;

namespace ChatAkka.Startup;

/// <summary>The fixed intervals with which a member takes part in the cluster.</summary>
public sealed record MembershipTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="entryInterval">Pause between two searches for a cluster to join. Above 0.</param>
    /// <param name="confirmInterval">Pause between two confirmations to Redis that the cluster runs. Above 0 and at most half of
    /// <see cref="RedisClusterDirectory.Age"/>, so that one lost confirmation does no harm.</param>
    /// <param name="remindInterval">Pause between two log lines that say what this process waits for. Above 0.</param>
    /// <param name="warnOfTwoAfter">How long a cluster must have had exactly two members before a warning is logged. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public MembershipTimings(TimeSpan entryInterval, TimeSpan confirmInterval, TimeSpan remindInterval, TimeSpan warnOfTwoAfter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(entryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(confirmInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(confirmInterval, RedisClusterDirectory.Age / 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(remindInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(warnOfTwoAfter, TimeSpan.Zero);
        (EntryInterval, ConfirmInterval, RemindInterval, WarnOfTwoAfter) = (entryInterval, confirmInterval, remindInterval, warnOfTwoAfter);
    }

    /// <summary>The timings of every member.</summary>
    public static MembershipTimings Standard { get; } = new(
        entryInterval: TimeSpan.FromMilliseconds(500),
        confirmInterval: TimeSpan.FromSeconds(1),
        remindInterval: TimeSpan.FromSeconds(5),
        warnOfTwoAfter: TimeSpan.FromSeconds(10));

    /// <summary>Pause between two searches for a cluster to join.</summary>
    public TimeSpan EntryInterval { get; }

    /// <summary>Pause between two confirmations to Redis that the cluster runs.</summary>
    public TimeSpan ConfirmInterval { get; }

    /// <summary>Pause between two log lines that say what this process waits for.</summary>
    public TimeSpan RemindInterval { get; }

    /// <summary>How long a cluster must have had exactly two members before a warning is logged.</summary>
    public TimeSpan WarnOfTwoAfter { get; }
}
