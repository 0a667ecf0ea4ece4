using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Sessions;

/// <summary>Something that the registrar is to do for a user. Operations on one user are done one after the other.</summary>
internal abstract record SessionOperation(LocalSession Session)
{
    /// <summary>Whose session.</summary>
    public UserName User => Session.User;

    /// <summary>Claims a session; the connection's actor gets a <see cref="RegistrarActor.ClaimAnswer"/>.</summary>
    /// <param name="Session">The session as it will be.</param>
    /// <param name="Welcome">The answer to the login, written before anything is delivered.</param>
    public sealed record Claim(LocalSession Session, byte[] Welcome) : SessionOperation(Session)
    {
        private readonly CancellationTokenSource _abandoned = new();

        /// <summary>True from when the registry is asked.</summary>
        public bool HasBegun { get; set; }

        /// <summary>Cancelled when the connection is gone: what was not sent to the registry is not sent any more.</summary>
        public CancellationToken Abandoned => _abandoned.Token;

        /// <summary>True where it was refused once in favour of a holder that is gone.</summary>
        public bool IsRetry { get; set; }

        /// <summary>The connection is gone.</summary>
        public void Abandon() => _abandoned.Cancel();
    }

    /// <summary>Releases a session.</summary>
    /// <param name="Session">The session.</param>
    public sealed record Release(LocalSession Session) : SessionOperation(Session);

    /// <summary>Claims a session again, after the registry may have lost it; nothing happens where it does not live any more by then.</summary>
    /// <param name="Session">The session.</param>
    public sealed record Restore(LocalSession Session) : SessionOperation(Session);
}
