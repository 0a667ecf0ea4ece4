using Akka.Actor;
using ChatAkka.EmbeddedRedis;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Node.Tests;

/// <summary>Two instances of one mailbox, as where the node of the first one was frozen until the second had taken over and wakes up, on a
/// real store with the journal as shipped.</summary>
public sealed class MailboxFencingSpecs(MailboxFencingSpecs.StoreFixture store) : MailboxKit(store.Persistence), IClassFixture<MailboxFencingSpecs.StoreFixture>
{
    private readonly string _user = $"bob{Guid.NewGuid():N}";

    [Fact]
    public void Should_lose_nothing_when_a_frozen_instance_wakes_after_its_successor_has_written()
    {
        var frozen = Mailbox(_user);
        Store(frozen, "a");
        var successor = Mailbox(_user);
        Store(successor, "b");
        Store(successor, "c");

        ShouldRefuse(frozen, "d");

        Store(successor, "e");
        Watch(successor);
        successor.Tell(PoisonPill.Instance);
        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));
        var session = CreateTestProbe();
        Pull(Mailbox(_user), session, Reader(7), acks: true);
        Texts(ExpectChunk(session)).ShouldBe(["1a", "2b", "3c", "4e"]);
    }

    [Fact]
    public void Should_refuse_a_frozen_instance_when_its_successor_was_only_read()
    {
        var frozen = Mailbox(_user);
        Store(frozen, "a");
        var session = CreateTestProbe();
        var successor = Mailbox(_user);
        Pull(successor, session, Reader(7), acks: true);
        Texts(ExpectChunk(session)).ShouldBe(["1a"]);

        ShouldRefuse(frozen, "b");
    }

    [Fact]
    public void Should_refuse_a_frozen_instance_when_its_successor_only_got_a_chat_that_it_had()
    {
        var frozen = Mailbox(_user);
        Store(frozen, "a");
        Store(Mailbox(_user), "a");

        ShouldRefuse(frozen, "b");
    }

    [Fact]
    public async Task Should_leave_the_mark_of_its_successor_when_nobody_used_it_for_long()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(store.Connection);
        var (marks, user) = (new RedisMailboxMarks(redis, new RedisKeys(store.Prefix)), UserName.TryCreate(_user)!);
        var frozen = Mailbox(_user, marks);
        Store(frozen, "a?");
        var session = CreateTestProbe();
        Pull(frozen, session, Reader(7));
        ExpectChunk(session);
        Pull(frozen, session, Reader(7), number: 2, have: 1, done: 1);
        ExpectChunk(session).IsDrained.ShouldBeTrue();
        Store(Mailbox(_user, marks), "b");

        var parent = CreateTestProbe();
        frozen.Tell(ReceiveTimeout.Instance, parent);

        // The next thing it does comes behind its time-out.
        frozen.Tell(new MailboxMessage.Look(_user), parent);
        parent.ExpectMsg<MailboxAnswer.Depth>(TimeSpan.FromSeconds(10));
        await redis.GetDatabase().PingAsync();
        (await marks.MayWaitAsync(user)).ShouldBeTrue();
    }

    private void ShouldRefuse(IActorRef frozen, string content)
    {
        Watch(frozen);
        frozen.Tell(Batch(content));
        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));
    }

    public sealed class StoreFixture : IDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedRedisServer _server;

        public StoreFixture()
        {
            _server = EmbeddedRedisServer.Start(new EmbeddedRedisSettings(_folder.Path, "127.0.0.1", FreePorts.Next()));
            Connection = _server.Connection + ",asyncTimeout=15000,connectTimeout=15000";
            Persistence = $$"""
                akka.persistence.journal.redis { configuration-string = "{{Connection}}", key-prefix = "{{Prefix}}" }
                akka.persistence.snapshot-store.redis { configuration-string = "{{Connection}}", key-prefix = "{{Prefix}}" }
                """ + "\n" + File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "persistence.conf"));
            Persistence = string.Join('\n', Persistence.Split('\n').Where(l => l.Trim() is not ("configuration-string = \"\"" or "key-prefix = \"\"")));
        }

        public string Connection { get; }

        public string Prefix => "chat:";

        public string Persistence { get; }

        public void Dispose()
        {
            _server.Dispose();
            _folder.Dispose();
        }
    }
}
