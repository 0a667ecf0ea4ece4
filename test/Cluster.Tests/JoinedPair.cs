using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Two nodes in processes of their own, without a relay, on a redis-server of their own.</summary>
internal sealed class JoinedPair : IAsyncDisposable
{
    private JoinedPair(RedisServer redis, string[] arguments)
    {
        Redis = redis;
        A = TestNode.Node(redis.Address, null);
        B = TestNode.Node(redis.Address, A.Cluster, arguments);
    }

    public RedisServer Redis { get; }

    public TestNode A { get; }

    public TestNode B { get; }

    /// <summary>Starts them; returns when both are ready.</summary>
    /// <param name="arguments">More arguments for the second.</param>
    public static async Task<JoinedPair> StartAsync(params string[] arguments)
    {
        var pair = new JoinedPair(await RedisServer.StartAsync(), arguments);
        try
        {
            await pair.A.ReadyAsync();
            await pair.B.ReadyAsync();
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
        await Redis.DisposeAsync();
    }
}
