using ChatAkka.Node.Connections;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>A batch of chats on its way into a mailbox. Its owner sends the next batch when it knows the result of this one.</summary>
/// <param name="Owner">The route that is told the result.</param>
/// <param name="Stream">Number of the owner's stream, unique within this node.</param>
/// <param name="First">Number of the first chat in the stream.</param>
/// <param name="Chats">The chats.</param>
/// <param name="NotReader">A session that the owner takes for ended; null if it knows none. The mailbox then forgets it as its reader.</param>
/// <param name="More">True if more chats follow that were handed to a session whose client did not read them.</param>
internal sealed record Deposit(IDepositOwner Owner, long Stream, long First, IReadOnlyList<PendingChat> Chats, ReaderId? NotReader, bool More)
{
    /// <summary>Number of the last chat in the stream.</summary>
    public long UpTo => First + Chats.Count - 1;

    /// <summary>Tells the owner what became of the chats.</summary>
    public void Take(MailboxAnswer answer)
    {
        switch (answer)
        {
            case MailboxAnswer.Online online:
                Owner.RecipientOnline(this, online.Reader);
                break;
            case MailboxAnswer.Stored { Failures.Count: 0 } stored:
                Owner.Stored(this, stored.Failures);
                break;
            case MailboxAnswer.Stored stored:
                // The route knows chats by their numbers in its own stream.
                Owner.Stored(this, [.. stored.Failures.Select(f => f with { Number = First + f.Number })]);
                break;
        }
    }
}
