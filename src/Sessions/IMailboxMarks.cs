using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>Says which mailboxes may hold something, so that a login need not ask a mailbox that is empty.</summary>
/// <remarks>A mark stands before the first message is kept, and goes after the last was done with: a mailbox without one is empty.
/// What is kept while its owner logs in is found by whoever comes second: the login looks for the mark after its claim, the mailbox looks
/// for the session after the message is kept.</remarks>
public interface IMailboxMarks
{
    /// <summary>True where something may wait, also where the registry did not answer.</summary>
    Task<bool> MayWaitAsync(UserName user);

    /// <summary>Sets the mark, whoever set it before.</summary>
    /// <param name="user">The mailbox's owner.</param>
    /// <param name="holder">Names the instance of the mailbox that sets it; no two instances have one name.</param>
    Task MarkAsync(UserName user, string holder);

    /// <summary>Takes the mark away where this instance set it last: one that was succeeded leaves its successor's mark alone.</summary>
    /// <param name="user">The mailbox's owner.</param>
    /// <param name="holder">Names the instance.</param>
    Task ClearAsync(UserName user, string holder);

    /// <summary>True where a node was declared dead: others may hold its mailboxes by now.</summary>
    Task<bool> IsFencedAsync(NodeId node);

    /// <summary>False where the store is so full that it must not be given more messages; those that wait can be read, and done with.</summary>
    bool HasSpace => true;
}
