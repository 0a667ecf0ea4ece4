using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The owner of deposits that go into a mailbox. For each <see cref="Deposit"/> exactly one of the three methods is called, once.</summary>
internal interface IDepositOwner
{
    /// <summary>The mailbox's user.</summary>
    UserName User { get; }

    /// <summary>The mailbox has decided on the deposit. It keeps the chats that it did not refuse.</summary>
    /// <param name="deposit">The chats.</param>
    /// <param name="failures">The chats that it refused, by their numbers in the stream, lowest number first.</param>
    void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures);

    /// <summary>The mailbox took nothing, because the recipient is logged in, does not acknowledge, and has read everything. Chats go to the session
    /// directly.</summary>
    /// <param name="deposit">The chats.</param>
    /// <param name="reader">The recipient's session.</param>
    void RecipientOnline(Deposit deposit, ReaderId reader);

    /// <summary>The mailbox did not answer in time. It is not known whether it keeps the chats.</summary>
    void TimedOut(Deposit deposit);
}
