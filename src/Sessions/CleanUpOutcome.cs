namespace ChatAkka.Sessions;

/// <summary>The result of a clean-up.</summary>
public abstract record CleanUpOutcome
{
    private CleanUpOutcome()
    {
    }

    /// <summary>The node is fenced and all its sessions are deleted.</summary>
    /// <param name="Sessions">The number of sessions that were deleted.</param>
    public sealed record Cleaned(long Sessions) : CleanUpOutcome;

    /// <summary>Another relay has a later term. The relay that asked must stop acting.</summary>
    /// <param name="Term">The later term.</param>
    public sealed record Superseded(long Term) : CleanUpOutcome;

    /// <summary>The registry did not answer. The relay has to repeat the clean-up.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : CleanUpOutcome;
}
