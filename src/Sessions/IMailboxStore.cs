using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>What mailboxes need to know of the store, beside their events.</summary>
public interface IMailboxStore
{
    /// <summary>False if the store is too full for more messages. Stored messages can still be read and acknowledged.</summary>
    bool HasSpace { get; }

    /// <summary>Deletes the mark that a mailbox of the former form had in Redis while messages waited.</summary>
    /// <param name="user">The mailbox's owner.</param>
    Task ForgetMarkAsync(UserName user);
}
