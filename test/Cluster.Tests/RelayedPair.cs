using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Two nodes and a relay in processes of their own, on a redis-server of their own: what a test kills, it kills for itself alone.</summary>
internal sealed class RelayedPair : IAsyncDisposable
{
    private RelayedPair(RedisServer redis)
    {
        Redis = redis;
        Relay = TestNode.Relay(redis.Address);
        A = TestNode.Node(redis.Address, Relay.Cluster);
        B = TestNode.Node(redis.Address, Relay.Cluster);
    }

    public RedisServer Redis { get; }

    public TestNode Relay { get; }

    public TestNode A { get; }

    public TestNode B { get; }

    /// <summary>Starts them; returns when chats between the nodes go through the relay.</summary>
    public static async Task<RelayedPair> StartAsync()
    {
        var pair = new RelayedPair(await RedisServer.StartAsync());
        try
        {
            foreach (var node in new[] { pair.A, pair.B })
            {
                await node.ReadyAsync();
                await node.Process.WaitForAsync("through the relay");
            }

            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
        await Relay.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
