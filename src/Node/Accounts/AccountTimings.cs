namespace ChatAkka.Node.Accounts;

/// <summary>The fixed time limits of accounts.</summary>
internal sealed record AccountTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="answerLimit">How long an account may take to answer. Above 0.</param>
    /// <param name="idleLimit">An account that nobody asks for this long stops. Above <paramref name="answerLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public AccountTimings(TimeSpan answerLimit, TimeSpan idleLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(answerLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(idleLimit, answerLimit);
        (AnswerLimit, IdleLimit) = (answerLimit, idleLimit);
    }

    /// <summary>The timings of a node.</summary>
    public static AccountTimings Standard { get; } = new(answerLimit: TimeSpan.FromSeconds(5), idleLimit: TimeSpan.FromMinutes(2));

    /// <summary>How long an account may take to answer.</summary>
    public TimeSpan AnswerLimit { get; }

    /// <summary>An account that nobody asks for this long stops.</summary>
    public TimeSpan IdleLimit { get; }
}
