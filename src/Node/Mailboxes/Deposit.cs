using ChatAkka.Node.Connections;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Chats that are on their way into a mailbox; their owner sends the next ones when it knows what became of these.</summary>
/// <param name="Owner">Who is told what became of them.</param>
/// <param name="Stream">Number of the owner's stream, unique within this node.</param>
/// <param name="First">Number of the first chat in the stream.</param>
/// <param name="Chats">The chats.</param>
/// <param name="NotReader">A session that is gone, as the registry says.</param>
/// <param name="More">True where chats that a session did not read follow.</param>
internal sealed record Deposit(IDepositOwner Owner, long Stream, long First, IReadOnlyList<PendingChat> Chats, ReaderId? NotReader, bool More)
{
    /// <summary>Number of the last chat in the stream.</summary>
    public long UpTo => First + Chats.Count - 1;
}
