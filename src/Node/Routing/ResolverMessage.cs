using ChatAkka.Sessions;

namespace ChatAkka.Node.Routing;

/// <summary>A message to the <see cref="ResolverActor"/>.</summary>
internal abstract record ResolverMessage
{
    private ResolverMessage()
    {
    }

    /// <summary>Asks for the place of a route's recipient.</summary>
    /// <param name="Route">The route. It is told the result.</param>
    public sealed record Resolve(Route Route) : ResolverMessage;

    /// <summary>Asks again, after the pause. The resolver sends it to itself.</summary>
    /// <param name="Route">The route.</param>
    /// <param name="Since">When the place was asked for first, as a timestamp of the clock.</param>
    public sealed record ResolveAgain(Route Route, long Since) : ResolverMessage;

    /// <summary>The session registry has answered. The resolver sends it to itself.</summary>
    /// <param name="Route">The route.</param>
    /// <param name="Outcome">The answer.</param>
    /// <param name="IsRetry">True if this place was asked for before, and the pause is over.</param>
    /// <param name="Since">When the place was asked for first, as a timestamp of the clock.</param>
    public sealed record Answered(Route Route, FindOutcome Outcome, bool IsRetry, long Since) : ResolverMessage;
}
