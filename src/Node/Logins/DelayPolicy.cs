namespace ChatAkka.Node.Logins;

/// <summary>How long logins wait after failures. Pure.</summary>
internal sealed record DelayPolicy
{
    /// <summary>Checks and keeps the values.</summary>
    /// <param name="free">So many failures have no wait after them.</param>
    /// <param name="first">The wait after the next one. Each further one has twice the wait. Above 0.</param>
    /// <param name="longest">The longest wait. A login that would wait longer is refused. At least <paramref name="first"/>.</param>
    /// <param name="remembered">Failures are forgotten if there is none for this long. Above <paramref name="longest"/>.</param>
    /// <param name="mostRemembered">The most accounts and addresses that are remembered. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public DelayPolicy(int free, TimeSpan first, TimeSpan longest, TimeSpan remembered, int mostRemembered)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(free);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, first);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(remembered, longest);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRemembered, 1);
        (Free, First, Longest, Remembered, MostRemembered) = (free, first, longest, remembered, mostRemembered);
    }

    /// <summary>The policy of a node.</summary>
    public static DelayPolicy Standard { get; } = new(
        free: 3, first: TimeSpan.FromMilliseconds(250), longest: TimeSpan.FromSeconds(16), remembered: TimeSpan.FromMinutes(15), mostRemembered: 50_000);

    /// <summary>So many failures have no wait after them.</summary>
    public int Free { get; }

    /// <summary>The wait after the next one.</summary>
    public TimeSpan First { get; }

    /// <summary>The longest wait.</summary>
    public TimeSpan Longest { get; }

    /// <summary>Failures are forgotten if there is none for this long.</summary>
    public TimeSpan Remembered { get; }

    /// <summary>The most accounts and addresses that are remembered.</summary>
    public int MostRemembered { get; }

    /// <summary>Gives the wait after a number of failures.</summary>
    public TimeSpan WaitAfter(int failures)
    {
        if (failures <= Free)
            return TimeSpan.Zero;
        var doublings = Math.Min(failures - Free - 1, 30);
        var wait = First * (1L << doublings);
        return wait < Longest ? wait : Longest;
    }
}
