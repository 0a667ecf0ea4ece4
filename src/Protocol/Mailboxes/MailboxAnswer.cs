using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>An answer from a mailbox to a node. The owner of a partition sends them in a <see cref="PartitionAnswer"/>.</summary>
public abstract record MailboxAnswer
{
    private protected MailboxAnswer()
    {
    }

    /// <summary>The chats of a deposit are stored, or were finally refused.</summary>
    /// <param name="Number">Number of the deposit.</param>
    /// <param name="Failures">The chats that were refused, by their positions in the deposit (from 0), lowest first. All others are stored.</param>
    public sealed record Stored(long Number, IReadOnlyList<LinkFailure> Failures) : MailboxAnswer;

    /// <summary>All chats of several deposits are stored.</summary>
    /// <param name="First">Number of the first deposit.</param>
    /// <param name="Count">How many deposits these are; their numbers follow each other.</param>
    public sealed record AllStored(long First, int Count) : MailboxAnswer;

    /// <summary>The chats of a deposit were not taken, because their recipient is online and has read everything. They can go to its session
    /// directly.</summary>
    /// <param name="Number">Number of the deposit.</param>
    /// <param name="Reader">The recipient's session.</param>
    public sealed record Online(long Number, ReaderId Reader) : MailboxAnswer;

    /// <summary>The chats of a deposit were not taken, because others come first. The node sends them again a little later, as a new deposit.</summary>
    /// <param name="Number">Number of the deposit.</param>
    public sealed record Later(long Number) : MailboxAnswer;

    /// <summary>Messages that wait for a reader: all of them, or the first ones.</summary>
    /// <param name="Connection">Connection of the reader.</param>
    /// <param name="Number">Number of the request that this answers.</param>
    /// <param name="Waiting">The number of messages that wait, including these.</param>
    /// <param name="IsDrained">True if no message waits and the session does not acknowledge: then no message is stored as long as the session
    /// exists.</param>
    /// <param name="Messages">The messages, each after its number; <see cref="NumberedEntryReader"/> reads them.</param>
    public sealed record Chunk(long Connection, long Number, long Waiting, bool IsDrained, ReadOnlyMemory<byte> Messages) : MailboxAnswer;

    /// <summary>The mailbox has stored what <see cref="MailboxMessage.Leave"/> reported.</summary>
    /// <param name="Connection">Connection of the reader.</param>
    /// <param name="Done">All messages up to this number are processed.</param>
    public sealed record Left(long Connection, long Done) : MailboxAnswer;
}
