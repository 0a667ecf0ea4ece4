using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Management;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests;

/// <summary>Whom a mailbox wakes, and when senders get their receipts.</summary>
public class MailboxActorSpecs : TestKit
{
    private static readonly MailboxSettings s_settings = new(
        true, 5, 10_000, TimeSpan.FromHours(1), 3, TimeSpan.FromHours(2), 100, TimeSpan.FromMinutes(2), 64, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

    private readonly SharedRegistry _registry = new();
    private readonly TestProbe _gateway;
    private readonly NodeId _self;
    private readonly IActorRef _mailbox;

    public MailboxActorSpecs()
        : base("""
            akka.loglevel = WARNING
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
            akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
            """)
    {
        _self = Cluster.Get(Sys).SelfUniqueAddress.ToNodeId();
        var gateway = _gateway = CreateTestProbe();
        Sys.ActorOf(Props.Create(() => new NodeOfOne(gateway)), ClusterNames.Node);
        var services = new MailboxServices(_self, s_settings, _registry, new Marks(), new StoreEpoch(), new TraceLog(TimeProvider.System), TimeProvider.System);
        var bob = UserName.TryCreate("bob")!;
        _mailbox = Sys.ActorOf(Props.Create(() => new MailboxActor(bob, services)));
    }

    [Fact]
    public void Should_wake_a_session_that_the_registry_names()
    {
        _registry.Places["bob"] = new SessionOwner(_self, 7);

        _mailbox.Tell(Batch(notReader: null));

        _gateway.FishForMessage<MailboxAnswer.Nudge>(m => m == new MailboxAnswer.Nudge("bob", 7));
    }

    [Fact]
    public void Should_also_wake_a_session_that_a_sender_said_was_gone_and_answer_the_sender_at_once()
    {
        _registry.Places["bob"] = new SessionOwner(_self, 7);

        _mailbox.Tell(Batch(notReader: new ReaderId(_self, 7)));

        ExpectMsg<MailboxAnswer.Stored>(TimeSpan.FromSeconds(2)).Stream.ShouldBe(5);
        _gateway.FishForMessage<MailboxAnswer.Nudge>(m => m == new MailboxAnswer.Nudge("bob", 7));
    }

    [Fact]
    public void Should_wake_it_again_where_the_word_was_lost()
    {
        _registry.Places["bob"] = new SessionOwner(_self, 7);

        _mailbox.Tell(Batch(notReader: new ReaderId(_self, 7)));

        for (var i = 0; i < 2; i++)
            _gateway.FishForMessage<MailboxAnswer.Nudge>(m => m.Connection == 7);
    }

    [Fact]
    public void Should_answer_at_once_where_nobody_is_logged_in_and_say_how_much_waits()
    {
        _mailbox.Tell(Batch(notReader: null));

        ExpectMsg<MailboxAnswer.Stored>(TimeSpan.FromSeconds(2)).Failures.ShouldBeEmpty();
        _mailbox.Tell(new MailboxMessage.Look("bob"));
        var depth = ExpectMsg<MailboxAnswer.Depth>();
        (depth.Waiting, depth.Last, depth.Reader).ShouldBe((1, 1, null));
        _gateway.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    private MailboxMessage.Store Batch(ReaderId? notReader)
    {
        var entries = new Utf8Buffer();
        LinkEntry.Append(entries, TestChats.Chat("alice", "bob", "hi", 3, "1"));
        return new MailboxMessage.Store("bob", _self, 5, 1, 1, notReader, false, entries.Written.ToArray());
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

    private sealed class Marks : IMailboxMarks
    {
        public Task<bool> MayWaitAsync(UserName user) => Task.FromResult(true);

        public Task MarkAsync(UserName user) => Task.CompletedTask;

        public Task ClearAsync(UserName user) => Task.CompletedTask;

        public Task<bool> IsFencedAsync(NodeId node) => Task.FromResult(false);
    }
}
