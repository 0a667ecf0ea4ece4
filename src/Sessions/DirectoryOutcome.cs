namespace ChatAkka.Sessions;

/// <summary>What the cluster directory knows.</summary>
public abstract record DirectoryOutcome
{
    private DirectoryOutcome()
    {
    }

    /// <summary>The registry answered.</summary>
    /// <param name="Members">Cluster addresses, as HOST:PORT, where other members are or were; some may be gone.</param>
    public sealed record Known(IReadOnlyList<string> Members) : DirectoryOutcome;

    /// <summary>The registry did not answer.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : DirectoryOutcome;
}
