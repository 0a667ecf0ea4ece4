namespace ChatAkka.Sessions;

/// <summary>The answer to the question which tokens are revoked.</summary>
public abstract record RevocationsOutcome
{
    private RevocationsOutcome()
    {
    }

    /// <summary>Nothing changed since the version that the caller knows.</summary>
    public sealed record Unchanged : RevocationsOutcome;

    /// <summary>All that is revoked.</summary>
    /// <param name="Version">The version of the list; empty if nothing was ever revoked.</param>
    /// <param name="Revocations">The list.</param>
    public sealed record Known(string Version, IReadOnlyList<TokenRevocation> Revocations) : RevocationsOutcome;

    /// <summary>The store cannot be reached.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unavailable(string Reason) : RevocationsOutcome;
}
