using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Serialization;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>What Akka.Persistence asks of a journal, on every store.</summary>
public sealed class JournalSpecs(StoresFixture stores) : IClassFixture<StoresFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}:";

    public static TheoryData<string> Stores => StoresFixture.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_what_was_written_within_bounds(string store) => With(store, kit =>
    {
        kit.WriteRange("p", 1, 10);
        kit.Replay("p").Payloads.ShouldBe(Payloads(1, 10));
        kit.Replay("p", from: 4).Payloads.ShouldBe(Payloads(4, 10));
        kit.Replay("p", to: 6).Payloads.ShouldBe(Payloads(1, 6));
        kit.Replay("p", from: 4, to: 6).Payloads.ShouldBe(Payloads(4, 6));
        kit.Replay("p", from: 4, to: 4).Payloads.ShouldBe(Payloads(4, 4));
        kit.Replay("p", max: 3).Payloads.ShouldBe(Payloads(1, 3));
        kit.Replay("p", from: 4, to: 9, max: 2).Payloads.ShouldBe(Payloads(4, 5));
        kit.Replay("p", max: 0).Payloads.ShouldBeEmpty();
        kit.Replay("p", from: 7, to: 6).Payloads.ShouldBeEmpty();
        kit.Replay("p", from: 11).Payloads.ShouldBeEmpty();
        kit.Replay("p").Highest.ShouldBe(10);
        kit.Replay("nobody").Payloads.ShouldBeEmpty();
        kit.Replay("nobody").Highest.ShouldBe(0);
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_more_than_a_page(string store) => With(store, kit =>
    {
        kit.WriteRange("p", 1, 1203);
        kit.Replay("p").Payloads.ShouldBe(Payloads(1, 1203));
        kit.Replay("p", from: 2, to: 1202, max: 1100).Payloads.ShouldBe(Payloads(2, 1101));
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_serve_others_when_a_recovery_is_broken_off(string store) => With(store, kit =>
    {
        kit.WriteRange("p", 1, 1203);
        for (var i = 0; i < 20; i++)
        {
            var gone = kit.CreateTestProbe();
            kit.Journal.Tell(new ReplayMessages(1, long.MaxValue, long.MaxValue, "p", gone), gone);
            kit.Sys.Stop(gone);
        }

        kit.Replay("p").Payloads.ShouldBe(Payloads(1, 1203));
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_keep_the_highest_number_when_all_is_deleted(string store) => With(store, kit =>
    {
        kit.WriteRange("p", 1, 5);
        kit.Delete("p", 3);
        kit.Replay("p").Payloads.ShouldBe(Payloads(4, 5));
        kit.Delete("p", 5);
        kit.Replay("p").Payloads.ShouldBeEmpty();
        kit.Replay("p").Highest.ShouldBe(5);
        kit.WriteRange("p", 6, 6);
        kit.Replay("p").ShouldSatisfyAllConditions(r => r.Payloads.ShouldBe(["e6"]), r => r.Highest.ShouldBe(6));
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_write_all_of_a_batch_or_nothing(string store) => With(store, kit =>
    {
        var good = new[] { PluginKit.Event("p", 1, new Word("a")), PluginKit.Event("p", 2, new Word("b")) };
        kit.Write(good)[0].ShouldBeOfType<WriteMessagesSuccessful>();
        var bad = new[] { PluginKit.Event("p", 3, new Word("c")), PluginKit.Event("p", 4, new Word(WordSerializer.Unspeakable)) };
        var answers = kit.Write(bad, [PluginKit.Event("p", 5, new Word("d"))]);
        answers[0].ShouldBeOfType<WriteMessagesSuccessful>();
        answers.OfType<WriteMessageRejected>().Select(r => r.Persistent.SequenceNr).ShouldBe([3, 4]);
        answers.OfType<WriteMessageSuccess>().Select(r => r.Persistent.SequenceNr).ShouldBe([5]);
        kit.Replay("p").Payloads.ShouldBe([new Word("a"), new Word("b"), new Word("d")]);
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_reject_tags_which_it_does_not_keep(string store) => With(store, kit =>
        kit.Write([PluginKit.Event("p", 1, new Tagged("e", ["t"]))])[1].ShouldBeOfType<WriteMessageRejected>());

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_take_many_writers_at_once(string store)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(writer => Task.Run(async () =>
        {
            for (var n = 1; n <= 20; n++)
            {
                var answers = new TaskCompletionSource();
                var probe = kit.Kit.Sys.ActorOf(Props.Create(() => new Waiter(answers)));
                kit.Kit.Journal.Tell(new WriteMessages([new AtomicWrite([PluginKit.Event($"p{writer}", n, $"e{n}")])], probe, n), probe);
                await answers.Task.WaitAsync(TimeSpan.FromSeconds(30));
            }
        })));
        for (var writer = 0; writer < 40; writer++)
            kit.Kit.Replay($"p{writer}").Payloads.ShouldBe(Payloads(1, 20));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_lay_data_as_the_package_does(string store)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        kit.Kit.Write([PluginKit.Event("p", 7, "hello")]);
        await using var redis = stores.Open(store);
        var slot = store == "Redis Cluster" ? "{__p}." : "";
        var members = await redis.GetDatabase().SortedSetRangeByScoreWithScoresAsync($"{slot}{_prefix}journal:persisted:p");
        members.Single().Score.ShouldBe(7);
        (await redis.GetDatabase().StringGetAsync($"{slot}{_prefix}journal:persisted:p:highestSequenceNr")).ToString().ShouldBe("7");
        var serializer = new PersistenceMessageSerializer((ExtendedActorSystem)kit.Kit.Sys);
        var written = (Persistent)serializer.FromBinary((byte[])members[0].Element!, typeof(Persistent));
        (DateTime.UtcNow.Ticks - written.Timestamp).ShouldBeInRange(0, TimeSpan.FromMinutes(5).Ticks);
        var again = new Persistent(written.Payload, 7, "p", written.Manifest, writerGuid: "writer", timestamp: written.Timestamp);
        serializer.ToBinary(again).ShouldBe((byte[])members[0].Element!);
    }

    /// <summary>An event as the package Akka.Persistence.Redis left it.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_read_golden_bytes(string store)
    {
        const string Golden = "0A0B080112072268656C6C6F2210031A01706A017770808098EBD4E7D0DA11";
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        var persistent = new Persistent("hello", 3, "p", "", writerGuid: "w", timestamp: 638000000000000000);
        Assert.Equal(Golden, Convert.ToHexString(new PersistenceMessageSerializer((ExtendedActorSystem)kit.Kit.Sys).ToBinary(persistent)));
        await using var redis = stores.Open(store);
        var slot = store == "Redis Cluster" ? "{__p}." : "";
        await redis.GetDatabase().SortedSetAddAsync($"{slot}{_prefix}journal:persisted:p", Convert.FromHexString(Golden), 3);
        await redis.GetDatabase().StringSetAsync($"{slot}{_prefix}journal:persisted:p:highestSequenceNr", "3");
        kit.Kit.Replay("p").ShouldSatisfyAllConditions(r => r.Payloads.ShouldBe(["hello"]), r => r.Highest.ShouldBe(3));
    }

    [FactNeedsRedis]
    public async Task Should_fail_in_time_while_Redis_is_away_and_go_on_when_it_is_back()
    {
        var server = await RedisServer.StartAsync();
        await using var disposal = server;
        using var kit = new Owned(new PluginKit(server.Address, _prefix));
        kit.Kit.WriteRange("p", 1, 1);
        await server.KillAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        kit.Kit.Write([PluginKit.Event("p", 2, "lost")])[0].ShouldBeOfType<WriteMessagesFailed>();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(6));
        await server.RunAsync();
        await Eventually.TrueAsync(
            () => kit.Kit.Write([PluginKit.Event("p", 1, "again")])[0] is WriteMessagesSuccessful, "it writes again", TimeSpan.FromSeconds(15));
    }

    /// <summary>An entity was frozen; another instance of it began elsewhere and wrote; then the first one wakes.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_refuse_an_instance_that_was_frozen_when_another_one_has_written(string store) => With(store, kit =>
    {
        kit.WriteRange("p", 1, 10);
        kit.Write([PluginKit.Event("p", 11, "b11", "b"), PluginKit.Event("p", 12, "b12", "b")], [PluginKit.Event("p", 13, "b13", "b")])[0]
            .ShouldBeOfType<WriteMessagesSuccessful>();

        var refused = kit.Write([PluginKit.Event("p", 11, "a11", "a")]);
        refused[0].ShouldBeOfType<WriteMessagesFailed>().Cause.GetBaseException().ShouldBeOfType<StaleWriterException>();
        kit.Write([PluginKit.Event("p", 13, "a13", "a"), PluginKit.Event("p", 14, "a14", "a")])[0].ShouldBeOfType<WriteMessagesFailed>();
        kit.Write([PluginKit.Event("p", 20, "a20", "a")])[0].ShouldBeOfType<WriteMessagesFailed>();

        var (payloads, highest) = kit.Replay("p");
        payloads.ShouldBe(Payloads(1, 10).Concat(["b11", "b12", "b13"]));
        highest.ShouldBe(13);
        kit.Write([PluginKit.Event("p", 14, "b14", "b")])[0].ShouldBeOfType<WriteMessagesSuccessful>();
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_let_one_of_two_instances_go_on_when_both_write_at_once(string store)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        kit.Kit.WriteRange("p", 1, 1);
        for (var n = 2; n <= 20; n++)
        {
            var both = await Task.WhenAll(new[] { "a", "b" }.Select(writer =>
            {
                var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
                var probe = kit.Kit.Sys.ActorOf(Props.Create(() => new FirstAnswer(answer)));
                kit.Kit.Journal.Tell(new WriteMessages([new AtomicWrite([PluginKit.Event("p", n, $"{writer}{n}", writer)])], probe, n), probe);
                return answer.Task.WaitAsync(TimeSpan.FromSeconds(30));
            }));
            both.Count(a => a is WriteMessagesSuccessful).ShouldBe(1);
        }

        kit.Kit.Replay("p").Payloads.Count.ShouldBe(20);
    }

    /// <summary>What is in memory is all there is of it: it goes on.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_write_behind_any_number_when_the_store_came_back_empty(string store)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        kit.Kit.WriteRange("p", 1, 3);
        await using var redis = stores.Open(store);
        var slot = store == "Redis Cluster" ? "{__p}." : "";
        await redis.GetDatabase().KeyDeleteAsync($"{slot}{_prefix}journal:persisted:p");
        await redis.GetDatabase().KeyDeleteAsync($"{slot}{_prefix}journal:persisted:p:highestSequenceNr");
        kit.Kit.WriteRange("p", 4, 4);
        kit.Kit.Replay("p").ShouldSatisfyAllConditions(r => r.Payloads.ShouldBe(["e4"]), r => r.Highest.ShouldBe(4));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_write_nothing_of_a_batch_when_one_of_its_commands_fails(string store)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        await using var redis = stores.Open(store);
        var slot = store == "Redis Cluster" ? "{__p}." : "";
        await redis.GetDatabase().StringSetAsync($"{slot}{_prefix}journal:persisted:p", "no sorted set");
        kit.Kit.Write([PluginKit.Event("p", 1, "e")])[0].ShouldBeOfType<WriteMessagesFailed>();
        (await redis.GetDatabase().KeyExistsAsync($"{slot}{_prefix}journal:persisted:p:highestSequenceNr")).ShouldBeFalse();
    }

    /// <summary>A recovery loaded the snapshot of before; then the other instance, which still lives, saved one and deleted its events.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_not_replay_past_events_that_are_in_a_snapshot_which_came_meanwhile(string store) => With(store, kit =>
    {
        kit.WriteRange("p", 1, 40);
        kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata("p", 38, DateTime.UtcNow), "s38")).ShouldBeOfType<SaveSnapshotSuccess>();
        kit.Replay("p", from: 6).Payloads.ShouldBe(Payloads(6, 40));
        kit.Delete("p", 38);
        kit.Replay("p", from: 39).Payloads.ShouldBe(Payloads(39, 40));
        Should.Throw<InvalidOperationException>(() => kit.Replay("p", from: 6)).Message.ShouldContain("Failure");
        kit.Delete("p", 40);
        Should.Throw<InvalidOperationException>(() => kit.Replay("p", from: 6)).Message.ShouldContain("Failure");
        kit.Replay("p", from: 39).Payloads.ShouldBeEmpty();
    });

    private static IEnumerable<object> Payloads(int from, int to) => Enumerable.Range(from, to - from + 1).Select(n => (object)$"e{n}");

    private void With(string store, Action<PluginKit> test)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        test(kit.Kit);
    }

    private sealed class FirstAnswer : UntypedActor
    {
        private readonly TaskCompletionSource<object> _answer;

        public FirstAnswer(TaskCompletionSource<object> answer) => _answer = answer;

        protected override void OnReceive(object message) => _answer.TrySetResult(message);
    }

    private sealed class Waiter : ReceiveActor
    {
        public Waiter(TaskCompletionSource done)
        {
            Receive<WriteMessageSuccess>(_ => done.TrySetResult());
            Receive<WriteMessagesFailed>(m => done.TrySetException(m.Cause));
            ReceiveAny(_ => { });
        }
    }
}
