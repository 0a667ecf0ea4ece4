using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using ChatAkka.TestSupport;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>A plugin starts before its Redis can be reached, as on a cold or busy machine.</summary>
public sealed class FirstConnectionSpecs
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Should_wait_until_a_server_is_connected()
    {
        var asked = 0;
        var isReached = false;
        var waiting = new FirstConnection(() => Interlocked.Increment(ref asked) > 0 && Volatile.Read(ref isReached), s_long, TimeProvider.System).WaitAsync(default);
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) > 2, "it asks again");
        waiting.IsCompleted.ShouldBeFalse();
        Volatile.Write(ref isReached, true);
        await waiting.WaitAsync(s_long);
    }

    [Fact]
    public async Task Should_give_up_at_its_limit()
    {
        var watch = Stopwatch.StartNew();
        var first = new FirstConnection(() => false, TimeSpan.FromMilliseconds(300), TimeProvider.System);
        (await Should.ThrowAsync<RedisNotReachedException>(first.WaitAsync(default))).Message.ShouldContain("300 ms");
        watch.Elapsed.ShouldBeInRange(TimeSpan.FromMilliseconds(299), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Should_end_when_the_call_was_given_up()
    {
        using var stop = new CancellationTokenSource();
        var waiting = new FirstConnection(() => false, s_long, TimeProvider.System).WaitAsync(stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting.WaitAsync(s_long));
    }

    [Theory]
    [InlineData("5s", 4000)]
    [InlineData("100ms", 80)]
    public void Should_leave_a_fifth_of_the_time_of_a_call_for_the_call_itself(string callTimeout, int expected) =>
        PluginSettings.Create(ConfigOf(callTimeout)).FirstConnectionTimeout.ShouldBe(TimeSpan.FromMilliseconds(expected));

    [Fact]
    public void Should_refuse_a_call_without_time() =>
        Should.Throw<ConfigurationException>(() => PluginSettings.Create(ConfigOf("0s"))).Message.ShouldContain("call-timeout");

    [FactNeedsRedis]
    public async Task Should_write_read_and_save_when_Redis_starts_after_the_first_calls()
    {
        await using var server = RedisServer.NotStarted();
        using var kit = new Owned(new PluginKit(server.Address, "t:", patience: "60s"));
        var probes = Enumerable.Range(0, 5).Select(_ => kit.Kit.CreateTestProbe()).ToList();
        kit.Kit.Journal.Tell(new WriteMessages([new AtomicWrite([PluginKit.Event("p", 1, "first")])], probes[0], 1), probes[0]);
        kit.Kit.Journal.Tell(new ReplayMessages(1, long.MaxValue, long.MaxValue, "nobody", probes[1]), probes[1]);
        kit.Kit.Journal.Tell(new DeleteMessagesTo("nobody", 1, probes[2]), probes[2]);
        kit.Kit.Snapshots.Tell(new SaveSnapshot(new SnapshotMetadata("q", 1, DateTime.UtcNow), "state"), probes[3]);
        kit.Kit.Snapshots.Tell(new LoadSnapshot("nobody", SnapshotSelectionCriteria.Latest, long.MaxValue), probes[4]);

        // Answered behind all of these: they are with the plugins, which cannot have reached anything yet.
        await kit.Kit.Journal.Ask<ActorIdentity>(new Identify(1), s_long);
        await kit.Kit.Snapshots.Ask<ActorIdentity>(new Identify(1), s_long);
        await server.RunAsync();

        await probes[0].ExpectMsgAsync<WriteMessagesSuccessful>(s_long);
        await probes[1].ExpectMsgAsync<RecoverySuccess>(s_long);
        await probes[2].ExpectMsgAsync<DeleteMessagesSuccess>(s_long);
        await probes[3].ExpectMsgAsync<SaveSnapshotSuccess>(s_long);
        await probes[4].ExpectMsgAsync<LoadSnapshotResult>(s_long);
        kit.Kit.Replay("p").Payloads.ShouldBe(["first"]);
    }

    [FactNeedsRedis]
    public Task Should_wait_when_the_connection_for_writes_takes_long() => ShouldWaitForAsync("chatakka-persistence");

    [FactNeedsRedis]
    public Task Should_wait_when_the_connection_for_reads_takes_long() => ShouldWaitForAsync("chatakka-persistence-reads");

    [FactNeedsRedis]
    public Task Should_wait_when_the_connection_for_receipts_takes_long() => ShouldWaitForAsync("chatakka-persistence-receipts");

    [Fact]
    public void Should_say_that_no_server_was_reached_when_there_is_none()
    {
        using var kit = new Owned(new PluginKit($"127.0.0.1:{FreePorts.Next()},connectTimeout=200", "t:", patience: "1s"));
        kit.Kit.Write([PluginKit.Event("p", 1, "lost")])[0].ShouldBeOfType<WriteMessagesFailed>().Cause.GetBaseException()
            .ShouldBeOfType<RedisNotReachedException>().Message.ShouldContain("800 ms");
    }

    /// <summary>The handshake of one connection gets no answer, so the plugin's start gives up waiting for it; the client tries again by itself.</summary>
    private static async Task ShouldWaitForAsync(string client)
    {
        await using var server = RedisServer.NotStarted();
        await server.RunAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var proxy = RedisProxy.Start(server.Address);

        // A client has two connections, one of them for subscriptions.
        var holds = new[] { proxy.HoldNext(c => c.Split(' ').Contains(client)), proxy.HoldNext(c => c.Split(' ').Contains(client)) };
        using var kit = new Owned(new PluginKit(proxy.Address + ",connectTimeout=500,connectRetry=1", "t:", "fsynced"));
        kit.Kit.Write([PluginKit.Event("p", 1, "first")])[0].ShouldBeOfType<WriteMessagesSuccessful>();
        kit.Kit.Replay("p").Payloads.ShouldBe(["first"]);
        await Task.WhenAll(holds.Select(h => h.ReachedAsync()));
    }

    private static Config ConfigOf(string callTimeout) =>
        ConfigurationFactory.ParseString($"configuration-string = \"127.0.0.1:1\", circuit-breaker.call-timeout = {callTimeout}");
}
