namespace ChatAkka.Sessions;

/// <summary>The registry's answer to the question where a user is logged in.</summary>
public abstract record FindOutcome
{
    private FindOutcome()
    {
    }

    /// <summary>The user is logged in.</summary>
    /// <param name="Session">The user's session.</param>
    public sealed record Found(SessionRecord Session) : FindOutcome;

    /// <summary>The user is not logged in.</summary>
    public sealed record NotFound : FindOutcome;

    /// <summary>The registry did not answer.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : FindOutcome;
}
