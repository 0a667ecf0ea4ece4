using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>An answer or a notice from a mailbox to a node.</summary>
public abstract record MailboxAnswer : InternodeMessage
{
    private protected MailboxAnswer()
    {
    }

    /// <summary>The chats of a batch are stored, or were finally refused.</summary>
    /// <param name="Stream">The stream.</param>
    /// <param name="UpTo">Number of the last chat of the batch.</param>
    /// <param name="Failures">The chats that were refused, lowest number first. All others are stored.</param>
    public sealed record Stored(long Stream, long UpTo, IReadOnlyList<LinkFailure> Failures) : MailboxAnswer;

    /// <summary>The chats of a batch were not taken, because their recipient is online and has read everything. They can go to its session directly.</summary>
    /// <param name="Stream">The stream.</param>
    /// <param name="First">Number of the first chat of the batch.</param>
    /// <param name="Reader">The recipient's session.</param>
    public sealed record Online(long Stream, long First, ReaderId Reader) : MailboxAnswer;

    /// <summary>Messages that wait: all of them, or the first ones.</summary>
    /// <param name="Number">Number of the request that this answers.</param>
    /// <param name="Life">The generation of the mailbox's numbers. It changes if the store lost the mailbox and its numbers begin again.</param>
    /// <param name="First">Number of the first message. The messages have consecutive numbers.</param>
    /// <param name="Count">The number of messages.</param>
    /// <param name="Waiting">The number of messages that wait, including these.</param>
    /// <param name="IsDrained">True if no message waits and the session does not acknowledge: then no message is stored as long as the session exists.</param>
    /// <param name="Entries">The messages in the layout of <see cref="LinkEntry"/>, each after its length.</param>
    public sealed record Chunk(long Number, long Life, long First, int Count, long Waiting, bool IsDrained, ReadOnlyMemory<byte> Entries) : MailboxAnswer;

    /// <summary>Notice to a session that has no open request: messages wait, and it has to request them.</summary>
    /// <param name="User">The session's user.</param>
    /// <param name="Connection">The session's connection.</param>
    public sealed record Nudge(string User, long Connection) : MailboxAnswer;

    /// <summary>The mailbox has stored what <see cref="MailboxMessage.Leave"/> reported.</summary>
    /// <param name="Done">All messages up to this number are processed.</param>
    public sealed record Left(long Done) : MailboxAnswer;

    /// <summary>How much the mailbox holds.</summary>
    /// <param name="Waiting">The number of messages that wait.</param>
    /// <param name="Bytes">The size of these messages, in bytes.</param>
    /// <param name="Last">Number of the last message that was ever stored.</param>
    /// <param name="Reader">The session that reads the mailbox; null if there is none.</param>
    public sealed record Depth(long Waiting, long Bytes, long Last, ReaderId? Reader) : MailboxAnswer;
}
