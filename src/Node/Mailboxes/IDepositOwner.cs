using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Gives chats into a mailbox and is told what became of them: exactly one of the three, once for each <see cref="Deposit"/>.</summary>
internal interface IDepositOwner
{
    /// <summary>Whose mailbox it is.</summary>
    UserName User { get; }

    /// <summary>The mailbox decided: it keeps the chats that it did not refuse.</summary>
    /// <param name="deposit">The chats.</param>
    /// <param name="failures">The chats that it refused, by their numbers in the stream, in rising order.</param>
    void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures);

    /// <summary>The mailbox took nothing, as the recipient is logged in, does not acknowledge and has read everything: chats go there directly.</summary>
    /// <param name="deposit">The chats.</param>
    /// <param name="reader">The recipient's session.</param>
    void RecipientOnline(Deposit deposit, ReaderId reader);

    /// <summary>The mailbox did not answer in time: it is not known whether it keeps the chats.</summary>
    void TimedOut(Deposit deposit);
}
