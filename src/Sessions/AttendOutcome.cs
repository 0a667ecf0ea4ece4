namespace ChatAkka.Sessions;

/// <summary>What the registry says to a node that says it lives.</summary>
public abstract record AttendOutcome
{
    private AttendOutcome()
    {
    }

    /// <summary>The node is on the list, as before.</summary>
    public sealed record Known : AttendOutcome;

    /// <summary>The node was not on the list and is now: it is new, or the registry lost its data.</summary>
    public sealed record Added : AttendOutcome;

    /// <summary>The node was declared dead.</summary>
    public sealed record Fenced : AttendOutcome;

    /// <summary>The registry did not answer.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : AttendOutcome;
}
