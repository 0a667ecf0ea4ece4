namespace ChatAkka.Sessions;

/// <summary>What became of a claim.</summary>
public abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    /// <summary>The session is the claimer's.</summary>
    /// <param name="Previous">Who held it until now and has to be told; null where nobody did.</param>
    /// <param name="Since">Since when it counts as the claimer's: when the claimer said, or just after the session that it took the place of. Who
    /// claims it again later says this.</param>
    public sealed record Claimed(SessionOwner? Previous, long Since) : ClaimOutcome;

    /// <summary>Somebody else holds it and the claimer did not want to replace, or came before.</summary>
    /// <param name="Owner">Who holds it.</param>
    /// <param name="IsProvisional">True where the holder's claim is under way, or was left behind: it may be gone in a moment.</param>
    public sealed record Refused(SessionOwner Owner, bool IsProvisional = false) : ClaimOutcome;

    /// <summary>The claimer abandoned the claim: the session is not the claimer's, and has to be released. Whoever held it before may have to put it back.</summary>
    public sealed record Abandoned : ClaimOutcome;

    /// <summary>The claiming node was declared dead: it may hold no session any more. The claim was undone.</summary>
    public sealed record Fenced : ClaimOutcome;

    /// <summary>The registry did not answer; the claim may or may not stand there and has to be released.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : ClaimOutcome;
}
