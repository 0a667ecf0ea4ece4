namespace ChatAkka.Sessions;

/// <summary>The registry's answer to a node that reports that it is alive.</summary>
public abstract record AttendOutcome
{
    private AttendOutcome()
    {
    }

    /// <summary>The node was on the list of nodes already.</summary>
    public sealed record Known : AttendOutcome;

    /// <summary>The node is on the list now and may not have been before: it is new, or the registry may have lost data.</summary>
    public sealed record Added : AttendOutcome;

    /// <summary>The node was declared dead.</summary>
    public sealed record Fenced : AttendOutcome;

    /// <summary>The registry did not answer.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : AttendOutcome;
}
