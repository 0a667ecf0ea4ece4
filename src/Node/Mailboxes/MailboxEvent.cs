using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>An event of a mailbox, as the journal keeps it. Byte layouts: <see cref="MailboxEventSerializer"/>.</summary>
internal abstract record MailboxEvent
{
    private MailboxEvent()
    {
    }

    /// <summary>The mailbox decided on a batch of chats of one stream.</summary>
    /// <param name="Origin">The node that sent the batch.</param>
    /// <param name="Stream">The number of the stream on that node.</param>
    /// <param name="UpTo">The number of the last chat of the batch.</param>
    /// <param name="Time">When, in milliseconds since 1970, UTC.</param>
    /// <param name="Failures">The chats that were refused, by their numbers in the stream.</param>
    /// <param name="Kept">The chats that were new and for which there was space, as entries, in order. Each gets the next number of the
    /// mailbox.</param>
    public sealed record Stored(
        NodeId Origin, long Stream, long UpTo, long Time, IReadOnlyList<LinkFailure> Failures, IReadOnlyList<byte[]> Kept) : MailboxEvent;

    /// <summary>All messages up to a number are done with: they were acknowledged, written to a client that does not acknowledge, deleted to be
    /// handed over, or too old. An instance that opens the mailbox also writes it, with an unchanged number.</summary>
    /// <param name="UpTo">The number.</param>
    public sealed record Finished(long UpTo) : MailboxEvent;

    /// <summary>A reader has numbers that this mailbox does not know, because the store lost the mailbox and it started empty. The messages that wait
    /// get new numbers after those of the reader.</summary>
    /// <param name="UpTo">The number of the last message that the reader has.</param>
    /// <param name="Time">When, in milliseconds since 1970, UTC.</param>
    public sealed record Lifted(long UpTo, long Time) : MailboxEvent;

    /// <summary>The last messages that were done with were not handed to anybody after all. They wait again, under their numbers.</summary>
    /// <param name="First">The number of the first message.</param>
    /// <param name="Entries">The messages.</param>
    public sealed record Returned(long First, IReadOnlyList<byte[]> Entries) : MailboxEvent;
}
