using ChatAkka.Node.Connections;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Sessions;

/// <summary>The answer to one login. Nothing else writes such an answer.</summary>
/// <remarks>The registrar writes it when the session is claimed, just before chats can reach the session. If the mailbox is read first,
/// <see cref="ClientSession"/> writes it, and chats can reach the session only later.</remarks>
/// <param name="session">The session that the login asked for.</param>
/// <param name="display">The user's name as the client wrote it.</param>
/// <param name="isJson">True if the command was JSON, false if it was typed.</param>
/// <param name="clientAddress">Address at which clients reach this node.</param>
/// <param name="counters">Counts errors.</param>
/// <param name="time">The clock.</param>
internal sealed class LoginAnswer(LocalSession session, UserName display, bool isJson, string clientAddress, NodeCounters counters, TimeProvider time)
{
    /// <summary>Tells the client that it is logged in.</summary>
    /// <param name="waiting">How many messages wait in the mailbox; null if the mailbox did not say so in time.</param>
    public void Accept(long? waiting) => session.Connection.Outbound.Write(
        (isJson, display, clientAddress, waiting, ExpiresIn: session.Grant?.SecondsLeft(time)),
        static (to, a) => Answers.LoggedIn(to, a.isJson, a.display, a.clientAddress, a.waiting, a.ExpiresIn));

    /// <summary>Tells the client that its login was refused.</summary>
    /// <param name="error">Why.</param>
    public void Refuse(ErrorCode error)
    {
        counters.Error(error);
        session.Connection.Outbound.Write((isJson, error), static (to, a) => Answers.Error(to, a.isJson, a.error));
    }
}
