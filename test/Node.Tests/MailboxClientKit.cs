using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>The actor of a node that speaks with the owners of partitions; there is one partition, and the test is its owner.</summary>
public abstract class MailboxClientKit : TestKit
{
    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private protected static readonly MailboxTimings Timings = new() { Check = TimeSpan.FromMilliseconds(20) };

    private protected MailboxClientKit()
        : base("akka.loglevel = WARNING")
    {
        Owners = CreateTestProbe();
        var (owners, settings, time) = (Owners.Ref, MailboxData.Settings with { Partitions = 1, StoreTimeout = TimeSpan.FromSeconds(10) }, Time);
        Client = Sys.ActorOf(Props.Create(() => new MailboxClientActor(NodeA, owners, settings, Timings, time)));
        var hello = Batch();
        (hello.Partition, hello.Origin, hello.Term, hello.Settled, hello.Messages.Count).ShouldBe((0, NodeA, 0, 0, 0));
    }

    private protected ManualTime Time { get; } = new();

    private protected TestProbe Owners { get; }

    private protected IActorRef Client { get; }

    private protected Route Bob { get; } = new("bob");

    private protected Deposit Deposit(string content)
    {
        var chats = new[] { new PendingChat(TestChats.Chat("alice", "bob", content, 3, content), null) };
        var deposit = new Deposit(Bob, 1, 10, chats, null, false);
        Client.Tell(deposit);
        return deposit;
    }

    private protected void Answer(long term, long? taken, params MailboxAnswer[] answers) => Client.Tell(new PartitionAnswer(0, term, taken, answers), Owners);

    private protected PartitionBatch Batch(Predicate<PartitionBatch>? isIt = null) => Owners.FishForMessage<PartitionBatch>(b => isIt is null || isIt(b), Limit);

    private protected static List<MailboxMessage.Store> Stores(PartitionBatch batch) => [.. batch.Messages.OfType<MailboxMessage.Store>()];

    /// <summary>The numbers of the next deposits that are sent.</summary>
    private protected List<long> Sent(int count = 1)
    {
        List<long> sent = [];
        while (sent.Count < count)
            sent.AddRange(Stores(Batch(b => b.Messages.Count > 0)).Select(m => m.Number));
        return sent;
    }

    /// <summary>Waits until the actor has worked through what it was told.</summary>
    private protected void Sync()
    {
        Client.Tell(new MailboxQuestion("sync"));
        Owners.FishForMessage<MailboxQuestion>(_ => true, Limit);
    }

    private protected void Idle()
    {
        var idle = CreateTestProbe();
        Client.Tell(new MailboxClientActor.AwaitIdle(), idle);
        idle.ExpectMsg<Akka.Done>(Limit);
    }

    private protected sealed class Route(string user) : IDepositOwner
    {
        public ConcurrentQueue<string> Told { get; } = [];

        public UserName User { get; } = UserName.TryCreate(user)!;

        public void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures) =>
            Told.Enqueue($"stored {deposit.Stream}: {string.Join(',', failures.Select(f => $"{f.Number}={f.Code}"))}");

        public void RecipientOnline(Deposit deposit, ReaderId reader) => Told.Enqueue($"online {reader.Connection}");

        public void TimedOut(Deposit deposit) => Told.Enqueue($"timed out {deposit.Stream}");
    }
}
