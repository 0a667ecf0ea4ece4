using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>Tells which mailboxes may hold messages, so that a login need not ask an empty mailbox.</summary>
/// <remarks>The mark is set before the first message is stored, and deleted after the last one is processed. So a mailbox without a mark is
/// empty. A message that is stored while its recipient logs in is not missed: the login checks the mark after its claim, and the mailbox
/// checks the session after it stored the message. Whichever comes second sees the other.</remarks>
public interface IMailboxMarks
{
    /// <summary>True if messages may wait for the user. Also true if the store did not answer.</summary>
    Task<bool> MayWaitAsync(UserName user);

    /// <summary>Sets the mark. It replaces the mark of another instance.</summary>
    /// <param name="user">The mailbox's owner.</param>
    /// <param name="holder">Name of the mailbox instance that sets the mark; unique to the instance.</param>
    Task MarkAsync(UserName user, string holder);

    /// <summary>Deletes the mark if this instance set it last. The mark of a later instance stays.</summary>
    /// <param name="user">The mailbox's owner.</param>
    /// <param name="holder">Name of the instance.</param>
    Task ClearAsync(UserName user, string holder);

    /// <summary>True if the node was declared dead. Other nodes may run its mailboxes by now.</summary>
    Task<bool> IsFencedAsync(NodeId node);

    /// <summary>False if the store is too full for more messages. Stored messages can still be read and acknowledged.</summary>
    bool HasSpace => true;
}
