using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>How soon it is noticed that a process was killed.</summary>
[Collection(Alone.Name)]
public class KillTimeSpecs
{
    [FactNeedsRedis]
    public async Task Should_delete_the_keys_of_a_killed_node_long_before_the_failure_detector_speaks()
    {
        await using var pair = await RelayedPair.StartAsync();
        using var bob = await ChatClient.LoginAsync(pair.B.Clients, "bob");
        await using var connection = await RedisConnector.ConnectAsync(Patience.With(pair.Redis.Address), "test");
        pair.B.Process.Signal("KILL");
        var took = await Eventually.TrueAsync(async () => !await connection.GetDatabase().KeyExistsAsync("chat:session:bob"), "the key is deleted");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(4), "the failure detector and the resolver together take 5 s or more");
    }
}
