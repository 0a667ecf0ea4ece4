using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Routing;

/// <summary>What a route needs from its node. No method may block or take the lock of a route.</summary>
internal interface IRouteHost
{
    /// <summary>How often a chat is tried before its recipient counts as offline.</summary>
    int MaxAttempts { get; }

    /// <summary>True if chats for offline recipients are kept in mailboxes.</summary>
    bool HasMailboxes { get; }

    /// <summary>Gives the number of a new stream into a mailbox, unique within this node.</summary>
    long NextStream();

    /// <summary>Brings a deposit of chats into the recipient's mailbox. The route is told the result.</summary>
    void Deposit(Deposit deposit);

    /// <summary>Tells the sender that a chat is kept in the recipient's mailbox.</summary>
    void AnswerStored(scoped in ChatView chat);

    /// <summary>Looks up where the recipient is. The route is told the result.</summary>
    void LookUp(Route route);

    /// <summary>Tells the sender that a chat was delivered, or that it was refused with an error.</summary>
    void Answer(scoped in ChatView chat, ErrorCode code);

    /// <summary>A route to a session on this node begins (true) or ends (false). Such routes do not count in the place cache.</summary>
    void HereChanged(bool isHere);

    /// <summary>Forgets a route that was retired.</summary>
    void Retire(Route route);
}
