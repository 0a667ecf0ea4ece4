using System.Diagnostics;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>How processes start, wait, stop, die and come back.</summary>
public class LifecycleSpecs
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Should_tell_clients_where_to_go_release_sessions_and_exit_0(string signal)
    {
        using var data = new TempFolder();
        await using var stays = TestNode.Alone(data);
        await stays.ReadyAsync();
        await using var goes = TestNode.Node(stays.Store, stays.Cluster, "--max-connections", "1");
        await goes.ReadyAsync();
        await using var redis = await RedisConnector.ConnectAsync(Patience.With(stays.Store), "test");
        using var bob = await ChatClient.LoginAsync(goes.Clients, "bob");
        using var alice = await ChatClient.LoginAsync(stays.Clients, "alice");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"hi","id":1}""");
        (await alice.LineAsync()).ShouldContain("delivered");
        (await bob.LineAsync()).ShouldEndWith(":hi");

        // The nodes tell each other once a second who has capacity; this one has none left and says where there is some.
        await Eventually.TrueAsync(
            async () => (await LimitSpecs.RefusalAsync(goes.Clients)).Contains($"\"try\":[\"{stays.Clients}\"]", StringComparison.Ordinal),
            "it knows the other node");
        var watch = Stopwatch.StartNew();
        goes.Process.Signal(signal);
        (await bob.LineAsync()).ShouldStartWith($$"""{"error":"server_closing","try":["{{stays.Clients}}"],"retry_after_ms":""");
        (await bob.IsClosedAsync()).ShouldBeTrue();
        (await goes.Process.ExitAsync()).ShouldBe(0, goes.Process.Output);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (await redis.GetDatabase().KeyExistsAsync("chat:session:bob")).ShouldBeFalse();
        (await redis.GetDatabase().SetMembersAsync("chat:nodes")).Length.ShouldBe(1);
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"x","id":"gone"}""");
        (await alice.LineAsync()).ShouldContain("stored");
    }

    [Fact]
    public async Task Should_give_nobody_the_messages_of_a_user_of_the_killed_node_it_was_before()
    {
        using var data = new TempFolder();
        await using var node = TestNode.Alone(data);
        await node.ReadyAsync();
        using (await ChatClient.LoginAsync(node.Clients, "bob"))
        {
            node.Process.Signal("KILL");
            await node.Process.ExitAsync();
        }

        await node.StartAgainAsync();
        await node.ReadyAsync();

        // The same connection numbers are given out again, to strangers; the registry's data came back with the store.
        using var stranger = await ChatClient.ConnectAsync(node.Clients);
        using var alice = await ChatClient.LoginAsync(node.Clients, "alice");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"secret","id":"1"}""");
        (await alice.LineAsync()).ShouldContain("stored");
        await stranger.SendAsync("ping");
        (await stranger.LineAsync()).ShouldBe("OK ping");
        await using var redis = await RedisConnector.ConnectAsync(Patience.With(node.Store), "test");
        await Eventually.TrueAsync(() => !redis.GetDatabase().KeyExists("chat:session:bob"), "the relay cleans up after the node it was before");
    }

    [FactNeedsRedis]
    public async Task Should_work_whatever_is_started_first()
    {
        await using var redis = RedisServer.NotStarted();
        var relayAt = $"127.0.0.1:{FreePorts.Next()}";
        await using var a = TestNode.Node(redis.Address, relayAt);
        await a.Process.WaitForAsync("Waiting for Redis");
        await using var b = TestNode.Node(redis.Address, relayAt);
        await b.Process.WaitForAsync("Waiting for Redis");
        await redis.RunAsync();
        await a.Process.WaitForAsync("Waiting to be taken into the cluster");
        await using var relay = TestNode.Relay(redis.Address, cluster: relayAt);
        await a.ReadyAsync();
        await b.ReadyAsync();
        await CanChatAsync(a, b);
        await a.Process.WaitForAsync("through the relay");
        await b.Process.WaitForAsync("through the relay");
        await CanChatAsync(a, b);
    }

    [FactNeedsRedis]
    public async Task Should_work_with_the_relay_first_and_Redis_last()
    {
        await using var redis = RedisServer.NotStarted();
        await using var relay = TestNode.Relay(redis.Address);
        await relay.Process.WaitForAsync("waits for Redis");
        await using var a = TestNode.Node(redis.Address, relay.Cluster);
        await using var b = TestNode.Node(redis.Address, relay.Cluster);
        await a.Process.WaitForAsync("Waiting for Redis");
        await redis.RunAsync();
        await a.ReadyAsync();
        await b.ReadyAsync();
        await CanChatAsync(a, b);
    }

    private static async Task CanChatAsync(TestNode a, TestNode b)
    {
        using var alice = await ChatClient.LoginAsync(a.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(b.Clients, "bob");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"hi","id":"r"}""");
        (await bob.LineAsync()).ShouldBe("alice给您发了消息:hi");
        (await alice.LineAsync()).ShouldContain("delivered");
    }
}
