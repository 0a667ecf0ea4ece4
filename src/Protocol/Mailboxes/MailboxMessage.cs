using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>A message to the mailbox of one user. Akka.Cluster.Sharding brings it to the node that runs the mailbox.</summary>
/// <param name="User">Name of the mailbox's owner.</param>
public abstract record MailboxMessage(string User) : InternodeMessage
{
    /// <summary>Puts a batch of chats into the mailbox. It is sent again until it is answered. The mailbox recognises chats that it has taken before.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Origin">The node that sends.</param>
    /// <param name="Stream">Number of the stream of the sending route, unique within its node.</param>
    /// <param name="First">Number of the first chat. The numbers of a stream begin with 1.</param>
    /// <param name="Count">The number of chats.</param>
    /// <param name="NotReader">A reader whose session has ended, as the sender knows; null if it knows none.</param>
    /// <param name="More">True if more chats of this stream follow that a session was handed and did not read. They come before the chats of all
    /// other streams.</param>
    /// <param name="Entries">The chats in the layout of <see cref="LinkEntry"/>, each after its length.</param>
    public sealed record Store(
        string User, NodeId Origin, long Stream, long First, int Count, ReaderId? NotReader, bool More, ReadOnlyMemory<byte> Entries) : MailboxMessage(User);

    /// <summary>A reader's request for messages. It also says which messages are processed. The mailbox answers when messages wait. A later request of
    /// the reader replaces an earlier one.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Reader">The session that reads.</param>
    /// <param name="Acks">True if the client acknowledges. If not, a message with an id counts as processed when it was written to the client, and a
    /// message without an id is deleted before it is handed over.</param>
    /// <param name="Life">The generation of the mailbox's numbers, from its last answer; 0 before the first answer.</param>
    /// <param name="Number">Number of this request, from 1 for each reader. The first request is answered at once.</param>
    /// <param name="Have">Number of the last message that was handed to the client.</param>
    /// <param name="Done">All messages up to this number were acknowledged, or written to a client that does not acknowledge.</param>
    /// <param name="Budget">The most bytes of messages that the reader accepts now. A single longer message is sent alone.</param>
    public sealed record Pull(string User, ReaderId Reader, bool Acks, long Life, long Number, long Have, long Done, int Budget) : MailboxMessage(User);

    /// <summary>Tells the mailbox that the session has ended, and which messages are processed. If <c>Life</c> is not 0, the mailbox answers with
    /// <see cref="MailboxAnswer.Left"/> when it has stored that. Until then the reader may send it again.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Reader">The session.</param>
    /// <param name="Have">Number of the last message that was handed to the client.</param>
    /// <param name="Done">All messages up to this number were acknowledged, or written to a client that does not acknowledge.</param>
    /// <param name="Life">The generation of the mailbox's numbers; 0 if the session received no messages, or if an older node sends this.</param>
    public sealed record Leave(string User, ReaderId Reader, long Have, long Done, long Life = 0) : MailboxMessage(User);

    /// <summary>Asks how many messages wait, for operators. Answered with <see cref="MailboxAnswer.Depth"/>.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    public sealed record Look(string User) : MailboxMessage(User);
}
