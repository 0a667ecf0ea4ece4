using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What happened to a mailbox: what is kept in the journal. Layouts: <see cref="MailboxEventSerializer"/>.</summary>
internal abstract record MailboxEvent
{
    private MailboxEvent()
    {
    }

    /// <summary>A batch of chats of one stream was decided on.</summary>
    /// <param name="Origin">Node that sent it.</param>
    /// <param name="Stream">Its stream.</param>
    /// <param name="UpTo">Number of its last chat.</param>
    /// <param name="Time">When, in milliseconds since 1970, UTC.</param>
    /// <param name="Failures">What was refused.</param>
    /// <param name="Kept">The chats that were new and found space, as entries, in order; each gets the next number of the mailbox.</param>
    public sealed record Stored(
        NodeId Origin, long Stream, long UpTo, long Time, IReadOnlyList<LinkFailure> Failures, IReadOnlyList<byte[]> Kept) : MailboxEvent;

    /// <summary>All messages up to a number are done with: acknowledged, handed to a reader who does not acknowledge, or too old.</summary>
    /// <param name="UpTo">The number.</param>
    public sealed record Finished(long UpTo) : MailboxEvent;

    /// <summary>A reader has numbers that this mailbox does not know: the store lost it, and it began anew. What waits is numbered
    /// behind them.</summary>
    /// <param name="UpTo">The last number that the reader has.</param>
    /// <param name="Time">When, in milliseconds since 1970, UTC.</param>
    public sealed record Lifted(long UpTo, long Time) : MailboxEvent;

    /// <summary>The last messages that were done with were handed to nobody after all: they wait again, under their numbers.</summary>
    /// <param name="First">Number of the first.</param>
    /// <param name="Entries">The messages.</param>
    public sealed record Returned(long First, IReadOnlyList<byte[]> Entries) : MailboxEvent;
}
