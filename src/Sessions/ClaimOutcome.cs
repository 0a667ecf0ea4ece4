namespace ChatAkka.Sessions;

/// <summary>What became of a claim.</summary>
public abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    /// <summary>The session is the claimer's.</summary>
    /// <param name="Previous">Who held it until now and has to be told; null where nobody did.</param>
    public sealed record Claimed(SessionOwner? Previous) : ClaimOutcome;

    /// <summary>Somebody else holds it and the claimer did not want to replace.</summary>
    /// <param name="Owner">Who holds it.</param>
    public sealed record Refused(SessionOwner Owner) : ClaimOutcome;

    /// <summary>The claiming node was declared dead: it may hold no session any more. The claim was undone.</summary>
    public sealed record Fenced : ClaimOutcome;

    /// <summary>The registry did not answer; the claim may or may not stand there and has to be released.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : ClaimOutcome;
}
