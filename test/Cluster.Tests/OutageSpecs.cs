using System.Diagnostics;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>What goes on, and what is refused, while a part of the system is dead, away or stopped.</summary>
public class OutageSpecs
{
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
}
