using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>A mailbox without a cluster: what it says to sessions comes to probes.</summary>
public abstract class MailboxKit : TestKit
{
    internal const string InMemory = """
        akka.persistence.journal.plugin = "akka.persistence.journal.test"
        akka.persistence.journal.test.class = "ChatAkka.Node.Tests.TestStore+Journal, ChatAkka.Node.Tests"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.test"
        akka.persistence.snapshot-store.test.class = "ChatAkka.Node.Tests.TestStore+Snapshots, ChatAkka.Node.Tests"
        """;

    private protected static readonly MailboxSettings Settings = new(
        true, 5, 10_000, TimeSpan.FromHours(1), 3, 10, TimeSpan.FromHours(2), 100, TimeSpan.FromMinutes(2), 64, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

    private long _stream = 100;

    private protected MailboxKit(string persistence = InMemory)
        : base("""
            akka.loglevel = WARNING
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """ + "\n" + persistence)
    {
        Self = Cluster.Get(Sys).SelfUniqueAddress.ToNodeId();
        var gateway = Gateway = CreateTestProbe();
        Sys.ActorOf(Props.Create(() => new NodeOfOne(gateway)), ClusterNames.Node);
    }

    private protected TestStore Memory => TestStore.Of(Sys);

    private protected SharedRegistry Registry { get; } = new();

    private protected NodeId Self { get; }

    private protected TestProbe Gateway { get; }

    private protected TestMarks Marks { get; } = new();

    private protected StoreEpoch Epoch { get; } = new();

    private protected ManualTime Time { get; } = new();

    private protected IActorRef Mailbox(string user = "bob", IMailboxMarks? marks = null, MailboxSettings? settings = null)
    {
        var services = new MailboxServices(Self, settings ?? Settings, Registry, marks ?? Marks, Epoch, new TraceLog(TimeProvider.System), Time);
        var name = UserName.TryCreate(user)!;
        return Sys.ActorOf(Props.Create(() => new MailboxActor(name, services)));
    }

    /// <summary>Chats of a stream of their own; those whose content ends with a question mark have no id.</summary>
    private protected MailboxMessage.Store Batch(params string[] contents) => Batch(++_stream, 1, null, contents);

    private protected MailboxMessage.Store Batch(long stream, long first, ReaderId? notReader, params string[] contents)
    {
        var entries = new Utf8Buffer();
        foreach (var content in contents)
            LinkEntry.Append(entries, TestChats.Chat("alice", "bob", content, 3, content.EndsWith('?') ? "" : $"id-{content}"));
        return new MailboxMessage.Store("bob", Self, stream, first, contents.Length, notReader, false, entries.Written.ToArray());
    }

    private protected void Store(IActorRef mailbox, params string[] contents)
    {
        var batch = Batch(contents);
        mailbox.Tell(batch, TestActor);
        var answer = ExpectMsg<MailboxAnswer.Stored>(TimeSpan.FromSeconds(10));
        (answer.Stream, answer.UpTo, answer.Failures.Count).ShouldBe((batch.Stream, contents.Length, 0));
    }

    private protected ReaderId Reader(long connection) => new(Self, connection);

    private protected static void Pull(IActorRef mailbox, TestProbe session, ReaderId reader, long number = 1, long have = 0, long done = 0, long life = 0, bool acks = false) =>
        mailbox.Tell(new MailboxMessage.Pull("bob", reader, acks, life, number, have, done, 60_000), session);

    private protected static List<string> Texts(MailboxAnswer.Chunk chunk)
    {
        List<string> texts = [];
        var entries = new LinkEntryReader(chunk.Entries.Span);
        for (var number = chunk.First; entries.TryRead(out var entry); number++)
            texts.Add($"{number}{System.Text.Encoding.UTF8.GetString(LinkEntry.ReadChat(entry).Content)}");
        return texts;
    }

    private protected static MailboxAnswer.Chunk ExpectChunk(TestProbe session) => session.ExpectMsg<MailboxAnswer.Chunk>(TimeSpan.FromSeconds(10));

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

    private protected sealed class TestMarks : IMailboxMarks
    {
        public bool IsFenced { get; set; }

        public bool Fails { get; set; }

        public int Tries { get; private set; }

        public string? Holder { get; private set; }

        public Task<bool> MayWaitAsync(UserName user) => Task.FromResult(Holder is not null);

        public Task MarkAsync(UserName user, string holder)
        {
            Tries++;
            if (Fails)
                return Task.FromException(new IOException("away"));
            Holder = holder;
            return Task.CompletedTask;
        }

        public Task ClearAsync(UserName user, string holder)
        {
            if (Holder == holder)
                Holder = null;
            return Task.CompletedTask;
        }

        public Task<bool> IsFencedAsync(NodeId node) => Task.FromResult(IsFenced);
    }
}
