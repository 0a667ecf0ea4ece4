using ChatAkka.Node.Connections;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Clients;

/// <summary>The messages of a connection. Its stage, the listener and the connection's actor itself send them to its actor, and the actor tells the
/// listener <see cref="ClosingStarted"/>.</summary>
internal abstract record ConnectionMessage
{
    private ConnectionMessage()
    {
    }

    /// <summary>The stage of the connection has started.</summary>
    /// <param name="Source">The source of the client's lines.</param>
    public sealed record SourceReady(ILineSource Source) : ConnectionMessage;

    /// <summary>The client closed its sending side. Lines that it sent before are still handled.</summary>
    public sealed record InputEnded : ConnectionMessage;

    /// <summary>The client does not read: its outbound buffer is full, or its socket takes nothing.</summary>
    public sealed record Overflowed : ConnectionMessage;

    /// <summary>The socket is closed, for whatever reason.</summary>
    public sealed record SocketClosed : ConnectionMessage;

    /// <summary>Tells the listener that this connection closes and no longer counts: only its last lines are still written.</summary>
    public sealed record ClosingStarted : ConnectionMessage;

    /// <summary>Tells a closing connection to close its socket at once: too many connections are closing, or its client had time enough to read.</summary>
    public sealed record CutOff : ConnectionMessage;

    /// <summary>The time limit for the open receipts of a client that logged out has passed.</summary>
    public sealed record ReceiptsOverdue : ConnectionMessage;

    /// <summary>The messages that a client did not read are stored, or the time limit for that has passed.</summary>
    public sealed record UnreadStored : ConnectionMessage;

    /// <summary>The registry said where a user is.</summary>
    /// <param name="Question">The question.</param>
    /// <param name="Outcome">The answer.</param>
    public sealed record WhoAnswered(WhoQuestion Question, FindOutcome Outcome) : ConnectionMessage;

    /// <summary>The login policy decided.</summary>
    /// <param name="Question">What it was asked.</param>
    /// <param name="Verdict">What it decided.</param>
    public sealed record LoginDecided(LoginQuestion Question, LoginVerdict Verdict) : ConnectionMessage;

    /// <summary>The command <c>who</c> while the registry is asked. Two questions with the same content are different questions.</summary>
    /// <param name="user">The user.</param>
    /// <param name="isJson">True if the command was JSON, false if it was typed.</param>
    public sealed class WhoQuestion(UserName user, bool isJson)
    {
        /// <summary>The user.</summary>
        public UserName User => user;

        /// <summary>True if the command was JSON, false if it was typed.</summary>
        public bool IsJson => isJson;
    }
}
