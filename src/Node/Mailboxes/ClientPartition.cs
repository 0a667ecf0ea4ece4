using Akka.Actor;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What a node knows of one partition, and what it has to tell its owner.</summary>
/// <remarks>
/// Not thread-safe: <see cref="MailboxClientActor"/> owns it. Batches go by way of Cluster Sharding until the owner has answered; then they go to the owner
/// directly, which saves three hand-overs. When the owner ends they go by way of Cluster Sharding again. An empty batch always does, so an owner that is new
/// is found even if nobody says that the former one ended.
/// </remarks>
/// <param name="number">Number of the partition.</param>
/// <param name="lane">The deposits.</param>
internal sealed class ClientPartition(int number, DepositLane lane)
{
    /// <summary>A batch has at most about this many bytes. A larger one would delay others.</summary>
    private const int MostBytes = 60 * 1024;

    /// <summary>A batch has at most this many requests of readers beside deposits.</summary>
    private const int MostRequests = 128;

    private IActorRef? _ended;

    /// <summary>Number of the partition.</summary>
    public int Number => number;

    /// <summary>The deposits.</summary>
    public DepositLane Lane => lane;

    /// <summary>Requests and notices of readers that go with the next batch.</summary>
    public List<MailboxMessage> Messages { get; } = [];

    /// <summary>The readers of this node whose mailboxes are in the partition.</summary>
    public HashSet<IActorRef> Readers { get; } = [];

    /// <summary>True if a batch is to be sent.</summary>
    public bool IsDirty { get; set; }

    /// <summary>When an owner that is not known was asked for last, as time since the start of the node.</summary>
    public TimeSpan AskedAt { get; set; }

    /// <summary>True from when the owner ended, or an answer shows that there is a new one, until the new one says what it has taken.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Deposits are not sent before this time.</summary>
    public TimeSpan HoldsDepositsUntil { get; set; }

    /// <summary>The owner of the present term; null if batches have to go by way of Cluster Sharding.</summary>
    public IActorRef? Owner { get; private set; }

    /// <summary>True if deposits may be sent now.</summary>
    public bool MaySendDeposits(TimeSpan now) => Lane.HasUnsent && now >= HoldsDepositsUntil;

    /// <summary>Takes the messages of the next batch: requests and notices of readers, and then deposits.</summary>
    public IReadOnlyList<MailboxMessage> TakeMessages(TimeSpan now)
    {
        var requests = Messages.GetRange(0, Math.Min(Messages.Count, MostRequests));
        Messages.RemoveRange(0, requests.Count);
        IReadOnlyList<MailboxMessage> deposits = MaySendDeposits(now) ? Lane.Take(MostBytes, now) : [];
        return requests.Count == 0 ? deposits : [.. requests, .. deposits];
    }

    /// <summary>True if an actor was the owner and has ended. Answers of it may come later.</summary>
    public bool HasEnded(IActorRef owner) => Equals(_ended, owner);

    /// <summary>The owner answered. Batches go to it directly as soon as none is under way by the other path, which they could overtake.</summary>
    /// <returns>True if this owner is a new one.</returns>
    public bool TakeOwner(IActorRef owner)
    {
        if (Equals(Owner, owner) || HasEnded(owner) || Lane.HasSent)
            return false;
        Owner = owner;
        return true;
    }

    /// <summary>The owner has ended. Batches go by way of Cluster Sharding, until the next one answers.</summary>
    public void OwnerEnded() => (_ended, Owner) = (Owner, null);
}
