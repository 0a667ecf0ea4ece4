using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.Startup;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>The owner of partition 3 without a cluster. The test actor stands for the node <see cref="MailboxData.NodeA"/>.</summary>
public abstract class PartitionKit : TestKit
{
    private const string InMemory = """
        akka.persistence.journal.plugin = "akka.persistence.journal.test"
        akka.persistence.journal.test.class = "ChatAkka.Node.Tests.TestStore+Journal, ChatAkka.Node.Tests"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.test"
        akka.persistence.snapshot-store.test.class = "ChatAkka.Node.Tests.TestStore+Snapshots, ChatAkka.Node.Tests"
        """;

    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private protected PartitionKit()
        : base("""
            akka.loglevel = WARNING
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """ + "\n" + InMemory)
    {
        Self = Cluster.Get(Sys).SelfUniqueAddress.ToNodeId();
        var gateway = Gateway = CreateTestProbe();
        Sys.ActorOf(Props.Create(() => new NodeOfOne(gateway)), ClusterNames.Node);
        Events = new TestLog(Store);
        Outage = new StoreOutage(TimeSpan.FromMinutes(1), Time);
    }

    private protected TestStore Store => TestStore.Of(Sys);

    private protected TestLog Events { get; }

    private protected NodeId Self { get; }

    private protected TestProbe Gateway { get; }

    private protected StoreOutage Outage { get; }

    private protected StoreEpoch Epoch { get; } = new();

    private protected ManualTime Time { get; } = new();

    private protected TestSpace Space { get; } = new();

    /// <summary>The partitions of which a newer owner has written, as the owners said.</summary>
    private protected ConcurrentQueue<int> Superseded { get; } = [];

    /// <summary>The term of the last owner that was opened.</summary>
    private protected long Term { get; private set; }

    private protected IActorRef Start(MailboxSettings? settings = null)
    {
        var timings = new MailboxTimings { DoneDelay = TimeSpan.FromMilliseconds(20), Upkeep = TimeSpan.FromMilliseconds(50), RetryRead = TimeSpan.FromMilliseconds(20) };
        var services = new PartitionServices(Self, settings ?? MailboxData.Settings, timings, Events, Space, Outage, Epoch, new TraceLog(TimeProvider.System), Time, Superseded.Enqueue);
        return Sys.ActorOf(Props.Create(() => new PartitionActor(3, services)));
    }

    /// <summary>Waits until an owner is open, and gives how many deposits of this node it has taken.</summary>
    private protected long Opened(IActorRef owner)
    {
        Send(owner, term: 0);
        var answer = FishForMessage<PartitionAnswer>(a => a.Taken is not null && a.Term > Term, Limit);
        answer.Partition.ShouldBe(3);
        Term = answer.Term;
        return answer.Taken!.Value;
    }

    private protected IActorRef Open(MailboxSettings? settings = null)
    {
        var owner = Start(settings);
        Opened(owner);
        return owner;
    }

    private protected void Send(IActorRef owner, params MailboxMessage[] messages) => Send(owner, Term, messages);

    private protected void Send(IActorRef owner, long term, params MailboxMessage[] messages) =>
        owner.Tell(new PartitionBatch(3, NodeA, term, 0, messages), TestActor);

    /// <summary>Sends a deposit and waits for its receipt.</summary>
    private protected void Put(IActorRef owner, MailboxMessage.Store deposit)
    {
        Send(owner, deposit);
        Expect<MailboxAnswer.Stored>(a => a.Number == deposit.Number).Failures.ShouldBeEmpty();
    }

    private protected T Expect<T>(Predicate<T>? isIt = null)
        where T : MailboxAnswer
    {
        T? found = null;
        FishForMessage<PartitionAnswer>(m => (found = m.Answers.Each().OfType<T>().FirstOrDefault(a => isIt is null || isIt(a))) is not null, Limit);
        return found!;
    }

    /// <summary>What a new session gets that reads a mailbox.</summary>
    private protected List<string> Read(IActorRef owner, string user = "bob", long connection = 7, long since = 1)
    {
        Send(owner, Pull(1, user, connection, since: since));
        return Texts(Expect<MailboxAnswer.Chunk>(c => c.Connection == connection));
    }

    private protected MailboxDepth Depth(IActorRef owner, string user = "bob")
    {
        var probe = CreateTestProbe();
        owner.Tell(new MailboxQuestion(user), probe);
        return probe.ExpectMsg<MailboxDepth>(Limit);
    }

    private protected void ExpectNoReceipt()
    {
        var answers = ReceiveWhile(TimeSpan.FromMilliseconds(200), m => m as PartitionAnswer);
        answers.SelectMany(a => a!.Answers).OfType<MailboxAnswer.Stored>().ShouldBeEmpty();
    }

    private protected void Kill(IActorRef owner)
    {
        Watch(owner);
        Sys.Stop(owner);
        FishForMessage<Terminated>(t => t.ActorRef.Equals(owner), Limit);
    }

    /// <summary>Stands where a node's gateway has its parent.</summary>
    private sealed class NodeOfOne : UntypedActor
    {
        public NodeOfOne(IActorRef gateway) => Context.ActorOf(Props.Create(() => new Forwarder(gateway)), ClusterNames.Gateway);

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Forwarder(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Forward(message);
    }

    private protected sealed class TestSpace : IMailboxStore
    {
        public bool HasSpace { get; set; } = true;

        public Task ForgetMarkAsync(UserName user) => Task.CompletedTask;
    }

    /// <summary>Single events of <see cref="TestStore"/>, and mailboxes of the former form.</summary>
    private protected sealed class TestLog(TestStore store) : IPartitionLog
    {
        public volatile bool FailsReads;
        public volatile bool FailsToForget;
        private int _reads;
        private int _endedSearches;

        /// <summary>The events that were deleted.</summary>
        public ConcurrentQueue<long> Deleted { get; } = [];

        /// <summary>The mailboxes of the former form that are there still.</summary>
        public ConcurrentQueue<FormerMailbox> Former { get; } = [];

        public int Reads => Volatile.Read(ref _reads);

        /// <summary>How many searches for mailboxes of the former form were finished or ended.</summary>
        public int EndedSearches => Volatile.Read(ref _endedSearches);

        public Task<IReadOnlyDictionary<long, byte[]>> ReadAsync(string persistenceId, IReadOnlyList<long> sequenceNrs)
        {
            persistenceId.ShouldBe("mailboxes-3");
            Interlocked.Increment(ref _reads);
            return FailsReads
                ? Task.FromException<IReadOnlyDictionary<long, byte[]>>(new IOException("away"))
                : Task.FromResult<IReadOnlyDictionary<long, byte[]>>(
                    sequenceNrs.Where(store.Events.ContainsKey).ToDictionary(n => n, n => store.Events[n]));
        }

        public Task<bool> DeleteAsync(string persistenceId, IReadOnlyList<(long From, long To)> ranges, long highest)
        {
            if (highest != store.Highest)
                return Task.FromResult(false);
            foreach (var number in ranges.SelectMany(r => store.Events.Keys.Where(n => n >= r.From && n <= r.To)).ToList())
            {
                store.Events.TryRemove(number, out _);
                Deleted.Enqueue(number);
            }

            return Task.FromResult(true);
        }

        public async IAsyncEnumerable<FormerMailbox> FindFormerAsync(int partition)
        {
            partition.ShouldBe(3);
            try
            {
                foreach (var mailbox in Former.ToArray())
                {
                    await Task.Yield();
                    yield return mailbox;
                }
            }
            finally
            {
                Interlocked.Increment(ref _endedSearches);
            }
        }

        public Task ForgetFormerAsync(FormerMailbox mailbox)
        {
            if (FailsToForget)
                return Task.FromException(new IOException("away"));
            Former.TryDequeue(out var first).ShouldBeTrue();
            first.ShouldBeSameAs(mailbox);
            return Task.CompletedTask;
        }
    }
}
