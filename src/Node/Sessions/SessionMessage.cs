using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>The messages of the registrar and of the sessions of connections.</summary>
internal abstract record SessionMessage
{
    private SessionMessage()
    {
    }

    /// <summary>Asks the registrar to claim a session for a login. The connection's actor gets a <see cref="ClaimResult"/>, or is told to close.</summary>
    /// <param name="Session">The session as it will be.</param>
    /// <param name="Answer">The answer to the login. The registrar writes it if the mailbox is not read first.</param>
    public sealed record ClaimSession(LocalSession Session, LoginAnswer Answer) : SessionMessage;

    /// <summary>Tells a connection's actor what became of its claim.</summary>
    /// <param name="Error"><see cref="ErrorCode.None"/> if the session is claimed. Any other error was not written to the client yet.</param>
    /// <param name="ReadsMailbox">True if the mailbox has to be read first. Then the login is not answered yet, and chats do not reach the session.</param>
    public sealed record ClaimResult(ErrorCode Error, bool ReadsMailbox = false) : SessionMessage;

    /// <summary>Tells the registrar that a session ended, or that the connection of a login is gone.</summary>
    /// <param name="Session">The session.</param>
    public sealed record ReleaseSession(LocalSession Session) : SessionMessage;

    /// <summary>Tells a connection's actor that its login has waited for the mailbox long enough.</summary>
    public sealed record MailboxOverdue : SessionMessage;

    /// <summary>Asks the registrar to tell <see cref="BecameIdle"/> when nothing is left to do. From then on the node gives no sign of life.</summary>
    public sealed record AwaitIdle : SessionMessage;

    /// <summary>The registrar has nothing left to do.</summary>
    public sealed record BecameIdle : SessionMessage;

    /// <summary>Tells the registrar's parent that this node was declared dead.</summary>
    public sealed record NodeFenced : SessionMessage;

    /// <summary>Tells the registrar to give the next sign of life.</summary>
    public sealed record Attend : SessionMessage;

    /// <summary>Tells the registrar that a user's releases may be tried again.</summary>
    /// <param name="User">The user.</param>
    public sealed record RetryReleases(UserName User) : SessionMessage;

    /// <summary>The registry answered a claim.</summary>
    /// <param name="Login">The login.</param>
    /// <param name="Outcome">The answer.</param>
    /// <param name="ReadsMailbox">True if the mailbox has to be read before chats reach the session.</param>
    public sealed record ClaimAnswered(Login Login, ClaimOutcome Outcome, bool ReadsMailbox = false) : SessionMessage;

    /// <summary>The registry answered the claim of a session that it may have lost.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Outcome">The answer.</param>
    public sealed record RestoreAnswered(LocalSession Session, ClaimOutcome Outcome) : SessionMessage;

    /// <summary>The registry answered a release.</summary>
    /// <param name="User">The user.</param>
    /// <param name="Connection">The connection whose session was released.</param>
    /// <param name="IsDone">False if the registry did not take it.</param>
    /// <param name="Failure">What went wrong; null if the registry merely did not answer.</param>
    public sealed record ReleaseAnswered(UserName User, long Connection, bool IsDone, Exception? Failure = null) : SessionMessage;

    /// <summary>The registry answered where a user is. The user has a session on this node.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Outcome">The answer.</param>
    public sealed record SessionCompared(LocalSession Session, FindOutcome Outcome) : SessionMessage;

}
