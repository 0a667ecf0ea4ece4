using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>What dies leaves nothing behind. <c>test/Chaos</c> does this under load, with many more faults.</summary>
public class FailureSpecs
{
    [FactNeedsRedis]
    public async Task Should_keep_what_was_typed_to_a_user_whose_node_is_killed_right_behind_it()
    {
        await using var pair = await RelayedPair.StartAsync();
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");
        using (var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob"))
        {
            await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"first","id":1}""");
            (await alice.LineAsync()).ShouldContain("delivered");

            // It stands still when the chat is sent: so that is on its way when it dies.
            pair.B.Process.Signal("STOP");
            await alice.SendAsync("chat bob are you there");
            await alice.SendAsync("ping");
            (await alice.LineAsync()).ShouldBe("OK ping");
            pair.B.Process.Signal("KILL");
            await pair.B.Process.ExitAsync();
        }

        await using var connection = await RedisConnector.ConnectAsync(Patience.With(pair.Redis.Address), "test");
        await Eventually.TrueAsync(async () => !await connection.GetDatabase().KeyExistsAsync("chat:session:bob"), "the session is deleted");
        using var again = await ChatClient.LoginAsync(pair.A.Clients, "bob", ",\"format\":\"json\"");
        (await again.LineAsync()).ShouldMatch("""^\{"cmd":"chat","send":"alice","content":"are you there","seq":1,"time":\d{13}\}$""");

        // It went well. It is only said if it waited in bob's mailbox, which depends on who was faster: bob or the chat.
        await alice.SendAsync("ping");
        var line = await alice.LineAsync();
        if (line == "OK stored for bob")
            line = await alice.LineAsync();
        line.ShouldBe("OK ping");
    }

    [FactNeedsRedis]
    public async Task Should_close_its_clients_and_exit_1_when_it_was_declared_dead()
    {
        await using var pair = await JoinedPair.StartAsync();
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(pair.Redis.Address), "test");
        var db = connection.GetDatabase();
        var id = (string)(await db.HashGetAsync("chat:session:bob", "node"))!;
        await db.StringSetAsync($"chat:tombstone:{id}", "1");
        (await bob.LineAsync()).ShouldStartWith("{\"error\":\"cut_off\",\"try\":[");
        (await bob.IsClosedAsync()).ShouldBeTrue();
        (await pair.B.Process.ExitAsync()).ShouldBe(1, pair.B.Process.Output);

        // A supervisor starts it again: it is another node, and welcome.
        await pair.B.StartAgainAsync();
        await pair.B.ReadyAsync();
        using var again = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        ((string)(await db.HashGetAsync("chat:session:bob", "node"))!).ShouldNotBe(id);
    }

    [FactNeedsRedis]
    public async Task Should_find_its_cluster_through_Redis_when_the_relay_that_founded_it_comes_back()
    {
        await using var pair = await RelayedPair.StartAsync();
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        pair.Relay.Process.Signal("KILL");
        await pair.Relay.Process.ExitAsync();

        // It was started without --join. Founding a cluster of its own, it would take the nodes for dead.
        await pair.Relay.StartAgainAsync();
        await pair.Relay.Process.WaitForAsync("Relay acts");
        pair.Relay.Process.Output.ShouldNotContain("founding one");
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"still here","id":1}""");
        (await bob.LineAsync()).ShouldEndWith(":still here");
    }

    [FactNeedsRedis]
    public async Task Should_put_a_lost_session_back_into_the_registry()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = TestNode.Node(redis.Address, null);
        await node.ReadyAsync();
        using var bob = await ChatClient.LoginAsync(node.Clients, "bob");
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(redis.Address), "test");

        // As a failover to a replica that did not have it yet: nobody sees an outage.
        (await connection.GetDatabase().KeyDeleteAsync("chat:session:bob")).ShouldBeTrue();
        await Eventually.TrueAsync(async () => await connection.GetDatabase().KeyExistsAsync("chat:session:bob"), "the session is claimed again");
    }

    [FactNeedsRedis]
    public async Task Should_warn_where_two_members_depend_on_each_other()
    {
        await using var pair = await JoinedPair.StartAsync();
        await pair.B.Process.WaitForAsync("The cluster has two members");
    }
}
