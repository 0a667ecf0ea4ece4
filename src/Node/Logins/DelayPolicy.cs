namespace ChatAkka.Node.Logins;

/// <summary>How long logins wait after failures. Pure.</summary>
internal sealed record DelayPolicy
{
    /// <summary>Checks and keeps the values.</summary>
    /// <param name="free">So many failures have no wait after them.</param>
    /// <param name="first">The wait after the next one. Each further one has twice the wait. Above 0.</param>
    /// <param name="longest">The longest wait between two logins. At least <paramref name="first"/>.</param>
    /// <param name="remembered">Failures are forgotten if there is none for this long. Above <paramref name="longest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public DelayPolicy(int free, TimeSpan first, TimeSpan longest, TimeSpan remembered)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(free);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, first);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(remembered, longest);
        (Free, First, Longest, Remembered) = (free, first, longest, remembered);
    }

    /// <summary>The policy for one account.</summary>
    public static DelayPolicy OfAccounts { get; } = new(
        free: 3, first: TimeSpan.FromMilliseconds(250), longest: TimeSpan.FromSeconds(16), remembered: TimeSpan.FromMinutes(15));

    /// <summary>The policy for one address. It allows more, because many people may share one.</summary>
    public static DelayPolicy OfAddresses { get; } = new(
        free: 20, first: TimeSpan.FromMilliseconds(250), longest: TimeSpan.FromSeconds(4), remembered: TimeSpan.FromMinutes(15));

    /// <summary>So many failures have no wait after them.</summary>
    public int Free { get; }

    /// <summary>The wait after the next one.</summary>
    public TimeSpan First { get; }

    /// <summary>The longest wait between two logins.</summary>
    public TimeSpan Longest { get; }

    /// <summary>Failures are forgotten if there is none for this long.</summary>
    public TimeSpan Remembered { get; }

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
