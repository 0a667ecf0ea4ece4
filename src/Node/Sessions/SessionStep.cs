using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Sessions;

/// <summary>What the registry is asked next for one user. At most one step of each user is in flight.</summary>
internal abstract record SessionStep
{
    private SessionStep()
    {
    }

    /// <summary>Claims the session of a login.</summary>
    /// <param name="Login">The login.</param>
    public sealed record Claim(Login Login) : SessionStep;

    /// <summary>Claims a live session again, as the registry may have lost it.</summary>
    /// <param name="Session">The session.</param>
    public sealed record Restore(LocalSession Session) : SessionStep;

    /// <summary>Deletes what a connection may have left in the registry; nothing is deleted if somebody else holds the session.</summary>
    /// <param name="Connection">The connection.</param>
    public sealed record Release(long Connection) : SessionStep;
}
