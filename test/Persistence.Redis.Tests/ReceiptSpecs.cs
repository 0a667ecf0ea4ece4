using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Persistence;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>When a write counts as kept.</summary>
public sealed class ReceiptSpecs
{
    [FactNeedsRedis]
    public async Task Should_fail_a_write_and_a_recovery_that_no_replica_has()
    {
        await using var pair = await Pair.StartAsync();
        using var kit = new Owned(new PluginKit(pair.Primary.Address, "t:", "replicated"));
        kit.Kit.WriteRange("p", 1, 3);

        pair.Replica.Signal("STOP");
        var failed = kit.Kit.Write([PluginKit.Event("p", 4, "e4")])[0].ShouldBeOfType<WriteMessagesFailed>();
        failed.Cause.GetBaseException().ShouldBeOfType<ReceiptException>().Message.ShouldContain("no replica");
        Should.Throw<InvalidOperationException>(() => kit.Kit.Replay("p")).Message.ShouldContain("no replica");

        pair.Replica.Signal("CONT");
        await Eventually.TrueAsync(
            () => kit.Kit.Write([PluginKit.Event("q", 1, "e1")])[0] is WriteMessagesSuccessful
                || kit.Kit.Write([PluginKit.Event("q", 2, "e2")])[0] is WriteMessagesSuccessful,
            "writes count again");
        kit.Kit.Replay("p").Payloads.ShouldBe(["e1", "e2", "e3", "e4"]);
    }

    [FactNeedsRedis]
    public async Task Should_not_recover_from_a_replica_when_the_primary_is_away()
    {
        await using var pair = await Pair.StartAsync();
        using var kit = new Owned(new PluginKit($"{pair.Primary.Address},{pair.Replica.Address}", "t:", "replicated"));
        kit.Kit.WriteRange("p", 1, 3);
        kit.Kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata("p", 3, DateTime.UtcNow), "s")).ShouldBeOfType<SaveSnapshotSuccess>();
        await pair.Primary.KillAsync();

        // A snapshot of the replica and the journal of a primary that comes back empty would make a state that never was.
        await Eventually.TrueAsync(
            () => kit.Kit.AskSnapshots(new LoadSnapshot("p", SnapshotSelectionCriteria.Latest, long.MaxValue)) is LoadSnapshotFailed, "it is not read from the replica");
        Should.Throw<InvalidOperationException>(() => kit.Kit.Replay("p"));
    }

    [FactNeedsRedis]
    public async Task Should_have_all_that_counted_as_kept_after_a_failover()
    {
        await using var pair = await Pair.StartAsync();
        using var kit = new Owned(new PluginKit(pair.Primary.Address, "t:", "replicated"));
        var kept = new ConcurrentDictionary<string, long>();
        using var end = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 20).Select(writer => Task.Run(async () =>
        {
            var id = $"p{writer}";
            for (var n = 1; !end.IsCancellationRequested; n++)
            {
                var answer = new TaskCompletionSource<bool>();
                var actor = kit.Kit.Sys.ActorOf(Props.Create(() => new Answer(answer)));
                kit.Kit.Journal.Tell(new WriteMessages([new AtomicWrite([PluginKit.Event(id, n, $"e{n}")])], actor, n), actor);
                if (!await answer.Task.WaitAsync(Eventually.Limit))
                    return;
                kept[id] = n;
            }
        })).ToList();

        await Eventually.TrueAsync(() => kept.Count == 20 && kept.Values.Min() > 20, "every writer wrote");
        pair.Replica.Signal("STOP");
        await Task.WhenAll(writers);
        await pair.Primary.KillAsync();
        end.Cancel();
        pair.Replica.Signal("CONT");

        await using var redis = await ConnectionMultiplexer.ConnectAsync(Patience.With(pair.Replica.Address) + ",allowAdmin=true");
        await redis.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");
        foreach (var (id, number) in kept)
            ((long)await redis.GetDatabase().StringGetAsync($"t:journal:persisted:{id}:highestSequenceNr")).ShouldBeGreaterThanOrEqualTo(number);
    }

    [FactNeedsRedis]
    public async Task Should_ask_once_for_many_writes()
    {
        await using var pair = await Pair.StartAsync();
        using var kit = new Owned(new PluginKit(pair.Primary.Address, "t:", "replicated", "akka.persistence.journal.redis.receipts-timeout = 10s"));
        var answers = Enumerable.Range(0, 500).Select(writer =>
        {
            var answer = new TaskCompletionSource<bool>();
            var actor = kit.Kit.Sys.ActorOf(Props.Create(() => new Answer(answer)));
            kit.Kit.Journal.Tell(new WriteMessages([new AtomicWrite([PluginKit.Event($"p{writer}", 1, "e")])], actor, 1), actor);
            return answer.Task;
        }).ToList();
        (await Task.WhenAll(answers).WaitAsync(Eventually.Limit)).ShouldAllBe(a => a);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(Patience.With(pair.Primary.Address) + ",allowAdmin=true");
        var stats = (await redis.GetServers()[0].InfoRawAsync("commandstats"))!;
        var waits = stats.Split('\n').Single(l => l.StartsWith("cmdstat_wait:", StringComparison.Ordinal));
        int.Parse(waits.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture).ShouldBeInRange(1, 250);
    }

    [FactNeedsRedis]
    public async Task Should_not_count_what_another_primary_does_not_have()
    {
        await using var pair = await Pair.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Patience.With(pair.Primary.Address));
        var gate = new ReceiptGate(redis, new PluginSettings("", -1, "t:", Receipts.Replicated, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)), TimeProvider.System);
        var keys = new PersistenceKeys("t:", isCluster: false);
        await redis.GetDatabase().StringSetAsync(keys.Highest("p"), "7");

        await gate.ConfirmAsync(keys, "p", 7);
        var both = new[] { gate.ConfirmAsync(keys, "p", 8), gate.ConfirmAsync(keys, "p", 7), gate.ConfirmAsync(keys, "nobody", 1) };
        await both[1];
        (await Should.ThrowAsync<ReceiptException>(both[0])).Message.ShouldContain("primary is another");
        await Should.ThrowAsync<ReceiptException>(both[2]);
    }

    [FactNeedsRedis]
    public async Task Should_count_what_a_server_writes_to_disk_before_it_answers_and_refuse_others()
    {
        await using var redis = RedisServer.NotStarted();
        await redis.RunAsync("--appendonly", "yes", "--appendfsync", "always");
        using var kit = new Owned(new PluginKit(redis.Address, "t:", "fsynced"));
        kit.Kit.WriteRange("p", 1, 3);

        await using var lazy = RedisServer.NotStarted();
        await lazy.RunAsync("--appendonly", "no", "--appendfsync", "everysec");
        using var other = new Owned(new PluginKit(lazy.Address, "t:", "fsynced"));
        other.Kit.Write([PluginKit.Event("p", 1, "e1")])[0].ShouldBeOfType<WriteMessagesFailed>()
            .Cause.GetBaseException().Message.ShouldContain("appendonly no and appendfsync everysec");

        await using var silent = RedisServer.NotStarted();
        await silent.RunAsync("--appendonly", "yes", "--appendfsync", "always", "--rename-command", "CONFIG", "");
        using var third = new Owned(new PluginKit(silent.Address, "t:", "fsynced"));
        third.Kit.Write([PluginKit.Event("p", 1, "e1")])[0].ShouldBeOfType<WriteMessagesFailed>()
            .Cause.GetBaseException().Message.ShouldContain("CONFIG GET");
    }

    [FactNeedsRedis]
    public async Task Should_give_no_receipt_when_the_server_that_is_back_does_not_write_to_disk_before_it_answers()
    {
        await using var redis = RedisServer.NotStarted();
        await redis.RunAsync("--appendonly", "yes", "--appendfsync", "always");
        using var kit = new Owned(new PluginKit(redis.Address, "t:", "fsynced"));
        kit.Kit.WriteRange("p", 1, 3);
        await redis.KillAsync();
        await redis.RunAsync("--appendonly", "no");

        // Many writes come together as soon as it is reached again: none of them may take for granted what another one is only asking.
        List<object> answers = [];
        await Eventually.TrueAsync(
            () =>
            {
                answers.AddRange(kit.Kit.Write([.. Enumerable.Range(0, 50).Select(n => new[] { PluginKit.Event($"q{answers.Count + n}", 1, "e1") })]));
                return answers.OfType<WriteMessagesFailed>().Any(f => f.Cause.GetBaseException().Message.Contains("appendonly no", StringComparison.Ordinal));
            },
            "the server is asked");
        answers.OfType<WriteMessagesSuccessful>().ShouldBeEmpty();
    }

    private sealed class Answer : ReceiveActor
    {
        public Answer(TaskCompletionSource<bool> answer)
        {
            Receive<WriteMessagesSuccessful>(_ => answer.TrySetResult(true));
            Receive<WriteMessagesFailed>(_ => answer.TrySetResult(false));
            ReceiveAny(_ => Context.Stop(Self));
        }
    }

    private sealed class Pair : IAsyncDisposable
    {
        public RedisServer Primary { get; } = RedisServer.NotStarted();

        public RedisServer Replica { get; } = RedisServer.NotStarted();

        public static async Task<Pair> StartAsync()
        {
            var pair = new Pair();
            await pair.Primary.RunAsync("--repl-diskless-sync-delay", "0");
            await pair.Replica.RunAsync("--replicaof", "127.0.0.1", pair.Primary.Port.ToString(CultureInfo.InvariantCulture));
            await using var redis = await ConnectionMultiplexer.ConnectAsync(Patience.With(pair.Primary.Address) + ",allowAdmin=true");
            await Eventually.TrueAsync(
                async () => (await redis.GetServers()[0].InfoRawAsync("replication"))!.Contains("state=online", StringComparison.Ordinal), "the replica follows");
            return pair;
        }

        public async ValueTask DisposeAsync()
        {
            await Replica.DisposeAsync();
            await Primary.DisposeAsync();
        }
    }
}
