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
        var store = FreePorts.Next();
        await using var stays = TestNode.Alone(data, store);
        await stays.ReadyAsync();
        await using var goes = TestNode.Node($"127.0.0.1:{store}", stays.Cluster);
        await goes.ReadyAsync();
        await using var redis = await RedisConnector.ConnectAsync(Patience.With($"127.0.0.1:{store}"), "test");
        using var bob = await ChatClient.LoginAsync(goes.Clients, "bob");
        using var alice = await ChatClient.LoginAsync(stays.Clients, "alice");
        await alice.SendAsync("chat bob hi");
        (await bob.LineAsync()).ShouldEndWith(":hi");
        await Task.Delay(1500); // The nodes tell each other once a second who has room.
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
        var store = FreePorts.Next();
        await using var node = TestNode.Alone(data, store);
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
        await using var redis = await RedisConnector.ConnectAsync(Patience.With($"127.0.0.1:{store}"), "test");
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

    [FactNeedsRedis]
    public async Task Should_go_on_from_node_to_node_when_the_relay_is_killed_and_through_it_when_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var relay = TestNode.Relay(redis.Address);
        await using var a = TestNode.Node(redis.Address, relay.Cluster);
        await using var b = TestNode.Node(redis.Address, relay.Cluster);
        await a.ReadyAsync();
        await b.ReadyAsync();
        await a.Process.WaitForAsync("through the relay");
        await b.Process.WaitForAsync("through the relay");
        using var alice = await ChatClient.LoginAsync(a.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(b.Clients, "bob");
        const int count = 3000;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                await alice.SendAsync($"chat bob {i}");
                if (i == count / 3)
                    relay.Process.Signal("KILL");
            }
        });
        for (var i = 0; i < count; i++)
            (await bob.LineAsync()).ShouldBe($"alice给您发了消息:{i}");
        await sending;
    }

    [FactNeedsRedis]
    public async Task Should_delete_the_keys_of_a_killed_node_and_answer_for_its_users()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var relay = TestNode.Relay(redis.Address);
        await using var a = TestNode.Node(redis.Address, relay.Cluster);
        await using var b = TestNode.Node(redis.Address, relay.Cluster);
        await a.ReadyAsync();
        await b.ReadyAsync();
        using var alice = await ChatClient.LoginAsync(a.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(b.Clients, "bob");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"x","id":1}""");
        (await alice.LineAsync()).ShouldContain("delivered");
        b.Process.Signal("KILL");
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(redis.Address), "test");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"x","id":2}""");
        (await alice.LineAsync()).ShouldContain("stored");
        await Eventually.TrueAsync(() => !connection.GetDatabase().KeyExists("chat:session:bob"), "the key is deleted");
        connection.GetDatabase().KeyExists("chat:session:alice").ShouldBeTrue();
    }

    [FactNeedsRedis]
    public async Task Should_refuse_logins_while_Redis_is_away_and_go_on_where_the_place_is_known()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = TestNode.Node(redis.Address, null);
        await using var other = TestNode.Node(redis.Address, node.Cluster);
        await node.ReadyAsync();
        await other.ReadyAsync();
        using var alice = await ChatClient.LoginAsync(node.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(other.Clients, "bob");
        await alice.SendAsync("chat bob before");
        (await bob.LineAsync()).ShouldEndWith(":before");
        await redis.KillAsync();
        using var late = await ChatClient.ConnectAsync(node.Clients);
        var watch = Stopwatch.StartNew();
        await late.SendAsync("login late");
        (await late.LineAsync()).ShouldStartWith("ERROR registry_unavailable");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        await alice.SendAsync("chat nobody x");
        (await alice.LineAsync()).ShouldStartWith("ERROR registry_unavailable");
        await alice.SendAsync("chat bob during");
        (await bob.LineAsync()).ShouldEndWith(":during");
        for (var i = 0; i < 20; i++)
        {
            await late.SendAsync("login late");
            (await late.LineAsync()).ShouldStartWith("ERROR registry_unavailable");
        }

        await redis.RunAsync();
        await Eventually.TrueAsync(async () =>
        {
            await late.SendAsync("login late");
            return (await late.LineAsync()).StartsWith("OK login", StringComparison.Ordinal);
        }, "logins work again");

        // What the failed attempts left to be released is the same connection's: it must not end the session that holds now.
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(redis.Address), "test");
        await Task.Delay(1000);
        (await connection.GetDatabase().KeyExistsAsync("chat:session:late")).ShouldBeTrue();
    }

    [FactNeedsRedis]
    public async Task Should_claim_live_sessions_again_when_Redis_comes_back_empty()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = TestNode.Node(redis.Address, null);
        await a.ReadyAsync();
        await using var b = TestNode.Node(redis.Address, a.Cluster);
        await b.ReadyAsync();
        using var alice = await ChatClient.LoginAsync(a.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(b.Clients, "bob");
        await redis.KillAsync();
        await redis.RunAsync();
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(redis.Address), "test");
        var database = connection.GetDatabase();
        await Eventually.TrueAsync(
            async () => await database.KeyExistsAsync("chat:session:bob") && await database.KeyExistsAsync("chat:session:alice"), "the sessions are back");

        // Alice's node reaches Redis again, and never knew where bob is.
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"back","id":1}""");
        (await bob.LineAsync()).ShouldEndWith(":back");
        await Eventually.TrueAsync(async () => (await connection.GetDatabase().SetMembersAsync("chat:nodes")).Length == 2, "both nodes are on the list");
    }

    [FactNeedsRedis]
    public async Task Should_hold_senders_back_while_another_node_stands_still_and_lose_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = TestNode.Node(redis.Address, null);
        await a.ReadyAsync();

        // Room for all that is sent: what is tested is the way to the node, not whether this reader keeps up with it.
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "wide.conf");
        await File.WriteAllTextAsync(file, "chat.connection.outbound-limit = 64MiB");
        await using var b = TestNode.Node(redis.Address, a.Cluster, "--config", file);
        await b.ReadyAsync();
        using var alice = await ChatClient.LoginAsync(a.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(b.Clients, "bob");
        await alice.SendAsync("chat bob first");
        (await bob.LineAsync()).ShouldEndWith(":first");
        var before = a.Process.ResidentBytes;
        b.Process.Signal("STOP");
        const int count = 40_000;
        var text = new string('x', 1000);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                await alice.SendAsync($"chat bob {i} {text}");
        });
        await Task.Delay(1500);
        sending.IsCompleted.ShouldBeFalse("40 MB do not fit into the window and the sockets");
        (a.Process.ResidentBytes - before).ShouldBeLessThan(30L << 20);
        b.Process.Signal("CONT");
        for (var i = 0; i < count; i++)
            (await bob.LineAsync()).ShouldStartWith($"alice给您发了消息:{i} ");
        await sending;
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
