namespace ChatAkka.Sessions;

/// <summary>The result of a claim.</summary>
public abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    /// <summary>The claimer holds the session.</summary>
    /// <param name="Previous">The previous holder, which the claimer has to inform; null if nobody held the session, or if the claimer held it already.</param>
    /// <param name="Since">The time that the registry recorded for the claimer's login, in milliseconds since 1970, UTC. It is later than that of
    /// any session that was replaced, so it may be later than the time in the claim. The claimer passes it when it claims the session again.</param>
    public sealed record Claimed(SessionOwner? Previous, long Since) : ClaimOutcome;

    /// <summary>Another connection keeps the session: the policy does not replace it, or the other login was later.</summary>
    /// <param name="Owner">The holder.</param>
    /// <param name="IsProvisional">True if the holder has not confirmed its claim yet. The session may expire within seconds.</param>
    public sealed record Refused(SessionOwner Owner, bool IsProvisional = false) : ClaimOutcome;

    /// <summary>The claimer cancelled the claim. It does not hold the session and has to release it. The previous holder may have to claim it
    /// again.</summary>
    public sealed record Abandoned : ClaimOutcome;

    /// <summary>The claiming node was declared dead and may not hold sessions. The claim was undone.</summary>
    public sealed record Fenced : ClaimOutcome;

    /// <summary>The registry did not answer. The claim may or may not have been written, so the claimer has to release it.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : ClaimOutcome;
}
