using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>A message to the mailbox of one user. Nodes send them in a <see cref="PartitionBatch"/>.</summary>
/// <param name="User">Name of the mailbox's owner.</param>
public abstract record MailboxMessage(string User)
{
    /// <summary>Puts chats of one sending route into the mailbox: all of them, or none.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Number">Number of this deposit among all deposits of its node for the partition. The owner of the partition takes them one after the
    /// other, and each once.</param>
    /// <param name="Count">The number of chats. A deposit without chats fills the place of one that its node gave up.</param>
    /// <param name="EndedReader">A session that has ended, as the sender knows; null if it knows none. The mailbox then forgets it as its reader.</param>
    /// <param name="More">True if more chats follow that a session was handed and did not read. They come before the chats of all other routes.</param>
    /// <param name="Entries">The chats in the layout of <see cref="LinkEntry"/>, each after its length.</param>
    public sealed record Store(string User, long Number, int Count, ReaderId? EndedReader, bool More, ReadOnlyMemory<byte> Entries) : MailboxMessage(User);

    /// <summary>A reader's request for messages. It also says which messages are processed. The mailbox answers when messages wait. A later request of
    /// the reader replaces an earlier one.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Reader">The session that reads.</param>
    /// <param name="Since">When the session began, as the session registry knows it. Of two sessions of a user the later one reads.</param>
    /// <param name="Acks">True if the client acknowledges. If not, a message counts as processed when it was written to the client.</param>
    /// <param name="Number">Number of this request, from 1 for each reader. The first request is answered at once.</param>
    /// <param name="Have">Number of the last message that was handed to the client; 0 before the first.</param>
    /// <param name="Done">All messages up to this number are processed; 0 if none is.</param>
    /// <param name="Budget">The most bytes of messages that the reader accepts now. A single longer message is sent alone.</param>
    public sealed record Pull(string User, ReaderId Reader, long Since, bool Acks, long Number, long Have, long Done, int Budget) : MailboxMessage(User);

    /// <summary>Tells the mailbox that the session has ended, and which messages are processed. The mailbox answers with
    /// <see cref="MailboxAnswer.Left"/> when it has stored that. Until then the reader may send it again.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Reader">The session.</param>
    /// <param name="Since">When the session began.</param>
    /// <param name="Done">All messages up to this number are processed; 0 if none is.</param>
    public sealed record Leave(string User, ReaderId Reader, long Since, long Done) : MailboxMessage(User);
}
