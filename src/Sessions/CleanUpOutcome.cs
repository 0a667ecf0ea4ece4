namespace ChatAkka.Sessions;

/// <summary>What became of a clean-up.</summary>
public abstract record CleanUpOutcome
{
    private CleanUpOutcome()
    {
    }

    /// <summary>The node is fenced and none of its sessions is left.</summary>
    /// <param name="Sessions">How many were deleted.</param>
    public sealed record Cleaned(long Sessions) : CleanUpOutcome;

    /// <summary>Another relay has a later term: whoever asked must stop acting.</summary>
    /// <param name="Term">The later term.</param>
    public sealed record Superseded(long Term) : CleanUpOutcome;

    /// <summary>The registry did not answer; clean-up is to be repeated.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : CleanUpOutcome;
}
