namespace ChatAkka.Node.Operators;

/// <summary>The fixed time limits of a node's agent.</summary>
internal sealed record OperatorTimings
{
    /// <summary>Checks and keeps the timings.</summary>
    /// <param name="answerLimit">How long the agent waits for the answer of another actor, or for the receipt of an operator's chat. Above 0 and at most
    /// 10 s: an operator waits for the answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in its range.</exception>
    public OperatorTimings(TimeSpan answerLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(answerLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(answerLimit, TimeSpan.FromSeconds(10));
        AnswerLimit = answerLimit;
    }

    /// <summary>The timings of a node.</summary>
    public static OperatorTimings Standard { get; } = new(answerLimit: TimeSpan.FromSeconds(2));

    /// <summary>How long the agent waits for the answer of another actor, or for the receipt of an operator's chat.</summary>
    public TimeSpan AnswerLimit { get; }
}
