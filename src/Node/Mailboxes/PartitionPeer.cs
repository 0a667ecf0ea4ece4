using Akka.Actor;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What a node knows of one partition, and has to tell its owner.</summary>
/// <param name="number">Number of the partition.</param>
/// <param name="lane">Deposits that wait or are under way.</param>
internal sealed class PartitionPeer(int number, DepositLane lane)
{
    /// <summary>Number of the partition.</summary>
    public int Number => number;

    /// <summary>Deposits that wait or are under way.</summary>
    public DepositLane Lane => lane;

    /// <summary>Requests of readers that were not sent yet.</summary>
    public List<MailboxMessage> Messages { get; } = [];

    /// <summary>The readers of this node that read from the partition.</summary>
    public HashSet<IActorRef> Readers { get; } = [];

    /// <summary>True if a batch is to be sent.</summary>
    public bool IsDirty { get; set; }

    /// <summary>When the owner was last asked for its term.</summary>
    public TimeSpan AskedAt { get; set; }

    /// <summary>True from when the owner may have changed until there is an answer.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>No deposit is sent before this time.</summary>
    public TimeSpan HoldsDepositsUntil { get; set; }
}
