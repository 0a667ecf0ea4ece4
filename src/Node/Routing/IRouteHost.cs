using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Routing;

/// <summary>What a route needs of its node. Nothing here may block or take a route's lock.</summary>
internal interface IRouteHost
{
    /// <summary>How often a chat is tried before its recipient counts as offline.</summary>
    int MaxAttempts { get; }

    /// <summary>True where chats for who is offline are kept in mailboxes.</summary>
    bool HasMailboxes { get; }

    /// <summary>Gives the number of a new stream into a mailbox.</summary>
    long NextStream();

    /// <summary>Brings chats into the recipient's mailbox, and tells the route what became of them.</summary>
    void Deposit(Deposit deposit);

    /// <summary>Tells the sender that a chat is kept in the recipient's mailbox.</summary>
    void AnswerStored(scoped in ChatView chat);

    /// <summary>Looks the recipient up and tells the route.</summary>
    void LookUp(Route route);

    /// <summary>Tells the sender what became of a chat.</summary>
    void Answer(scoped in ChatView chat, ErrorCode code);

    /// <summary>Forgets a route that took itself out of use.</summary>
    void Retire(Route route);
}
