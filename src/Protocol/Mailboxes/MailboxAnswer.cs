using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>What a mailbox tells a node.</summary>
public abstract record MailboxAnswer : InternodeMessage
{
    private protected MailboxAnswer()
    {
    }

    /// <summary>Chats of a stream are kept, or were refused for good.</summary>
    /// <param name="Stream">The stream.</param>
    /// <param name="UpTo">Number of the last chat of the batch.</param>
    /// <param name="Failures">What was refused, lowest number first; all others are kept.</param>
    public sealed record Stored(long Stream, long UpTo, IReadOnlyList<LinkFailure> Failures) : MailboxAnswer;

    /// <summary>Chats of a stream were not taken: their recipient is there and has read everything. They can go there.</summary>
    /// <param name="Stream">The stream.</param>
    /// <param name="First">Number of the first chat of the batch.</param>
    /// <param name="Reader">Who is there.</param>
    public sealed record Online(long Stream, long First, ReaderId Reader) : MailboxAnswer;

    /// <summary>What waits, or a part of it.</summary>
    /// <param name="Number">Number of the question.</param>
    /// <param name="Life">The life of the mailbox: another one where the store lost the mailbox and it began anew.</param>
    /// <param name="First">Number of the first message; each has the number after the one before.</param>
    /// <param name="Count">How many messages there are.</param>
    /// <param name="Waiting">How many waited, these included.</param>
    /// <param name="IsDrained">True where nothing waits, and nothing will be put in as long as this reader, who does not acknowledge, is there.</param>
    /// <param name="Entries">The messages, as <see cref="LinkEntry"/>, each behind its length.</param>
    public sealed record Chunk(long Number, long Life, long First, int Count, long Waiting, bool IsDrained, ReadOnlyMemory<byte> Entries) : MailboxAnswer;

    /// <summary>Something waits for a session that did not ask: it shall ask.</summary>
    /// <param name="User">The session's user.</param>
    /// <param name="Connection">The session's connection.</param>
    public sealed record Nudge(string User, long Connection) : MailboxAnswer;

    /// <summary>What a session that ended said of its messages is kept.</summary>
    /// <param name="Done">All up to this number are done with.</param>
    public sealed record Left(long Done) : MailboxAnswer;

    /// <summary>How much waits.</summary>
    /// <param name="Waiting">Messages.</param>
    /// <param name="Bytes">Their bytes.</param>
    /// <param name="Last">Number of the last message that was ever put in.</param>
    /// <param name="Reader">The session that reads; null where none does.</param>
    public sealed record Depth(long Waiting, long Bytes, long Last, ReaderId? Reader) : MailboxAnswer;
}
