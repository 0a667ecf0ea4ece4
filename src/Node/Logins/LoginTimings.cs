namespace ChatAkka.Node.Logins;

/// <summary>The fixed times of logins with passwords.</summary>
internal sealed record LoginTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="failureFloor">A login that fails is answered no sooner than this after it was its turn. So it does not show whether there is such an account, as long as
    /// the question to the account and the check of a hash take less, whatever the hash costs. At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in its range.</exception>
    public LoginTimings(TimeSpan failureFloor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failureFloor, TimeSpan.Zero);
        FailureFloor = failureFloor;
    }

    /// <summary>The timings of a node. A hash at the cost of OWASP takes about 25 ms.</summary>
    public static LoginTimings Standard { get; } = new(failureFloor: TimeSpan.FromMilliseconds(250));

    /// <summary>A login that fails is answered no sooner than this after it was its turn.</summary>
    public TimeSpan FailureFloor { get; }
}
