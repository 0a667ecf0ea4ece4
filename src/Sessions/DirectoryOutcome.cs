namespace ChatAkka.Sessions;

/// <summary>The answer of the cluster directory.</summary>
public abstract record DirectoryOutcome
{
    private DirectoryOutcome()
    {
    }

    /// <summary>The registry answered.</summary>
    /// <param name="Members">Cluster addresses of other members, as HOST:PORT. Some of these members may have ended.</param>
    public sealed record Known(IReadOnlyList<string> Members) : DirectoryOutcome;

    /// <summary>The registry did not answer.</summary>
    /// <param name="Reason">What went wrong, for the log.</param>
    public sealed record Unavailable(string Reason) : DirectoryOutcome;
}
