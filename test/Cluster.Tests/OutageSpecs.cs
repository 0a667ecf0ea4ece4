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
        await using var pair = await RelayedPair.StartAsync();
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        const int count = 3000;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                await alice.SendAsync($"chat bob {i}");
                if (i == count / 3)
                    pair.Relay.Process.Signal("KILL");
            }
        });
        for (var i = 0; i < count; i++)
            (await bob.LineAsync()).ShouldBe($"alice给您发了消息:{i}");
        await sending;
    }

    [FactNeedsRedis]
    public async Task Should_delete_the_keys_of_a_killed_node_and_answer_for_its_users()
    {
        await using var pair = await RelayedPair.StartAsync();
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"x","id":1}""");
        (await alice.LineAsync()).ShouldContain("delivered");
        pair.B.Process.Signal("KILL");
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(pair.Redis.Address), "test");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"x","id":2}""");
        (await alice.LineAsync()).ShouldContain("stored");
        await Eventually.TrueAsync(() => !connection.GetDatabase().KeyExists("chat:session:bob"), "the key is deleted");
        connection.GetDatabase().KeyExists("chat:session:alice").ShouldBeTrue();
    }

    [FactNeedsRedis]
    public async Task Should_refuse_logins_while_Redis_is_away_and_go_on_where_the_place_is_known()
    {
        await using var pair = await JoinedPair.StartAsync();
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        await alice.SendAsync("chat bob before");
        (await bob.LineAsync()).ShouldEndWith(":before");
        await pair.Redis.KillAsync();
        using var late = await ChatClient.ConnectAsync(pair.A.Clients);
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

        await pair.Redis.RunAsync();
        await Eventually.TrueAsync(async () =>
        {
            await late.SendAsync("login late");
            return (await late.LineAsync()).StartsWith("OK login", StringComparison.Ordinal);
        }, "logins work again");

        // What the failed attempts left to be released is the same connection's: it must not end the session that holds now.
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(pair.Redis.Address), "test");
        await Task.Delay(1000);
        (await connection.GetDatabase().KeyExistsAsync("chat:session:late")).ShouldBeTrue();
    }

    [FactNeedsRedis]
    public async Task Should_claim_live_sessions_again_when_Redis_comes_back_empty()
    {
        await using var pair = await JoinedPair.StartAsync();
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        await pair.Redis.KillAsync();
        await pair.Redis.RunAsync();
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(pair.Redis.Address), "test");
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
        // Room for all that is sent: what is tested is the way to the node, not whether this reader keeps up with it.
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "wide.conf");
        await File.WriteAllTextAsync(file, "chat.connection.outbound-limit = 64MiB");
        await using var pair = await JoinedPair.StartAsync("--config", file);
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        await alice.SendAsync("chat bob first");
        (await bob.LineAsync()).ShouldEndWith(":first");
        var before = pair.A.Process.ResidentBytes;
        pair.B.Process.Signal("STOP");
        const int count = 40_000;
        var text = new string('x', 1000);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                await alice.SendAsync($"chat bob {i} {text}");
        });
        await Task.Delay(1500);
        sending.IsCompleted.ShouldBeFalse("40 MB do not fit into the window and the sockets");
        (pair.A.Process.ResidentBytes - before).ShouldBeLessThan(30L << 20);
        pair.B.Process.Signal("CONT");
        for (var i = 0; i < count; i++)
            (await bob.LineAsync()).ShouldStartWith($"alice给您发了消息:{i} ");
        await sending;
    }
}
