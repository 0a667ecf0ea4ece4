using ChatAkka.Sessions;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Cluster.Tests;

/// <summary>Two nodes that share the first one's embedded store; the relay acts in the first.</summary>
public class PairFixture : IAsyncLifetime
{
    private readonly TempFolder _data = new();

    internal TestNode A { get; private set; } = null!;

    internal TestNode B { get; private set; } = null!;

    internal IConnectionMultiplexer Redis { get; private set; } = null!;

    /// <summary>More arguments for both nodes.</summary>
    protected virtual string[] Arguments => [];

    /// <summary>What a node says of the way of its chats.</summary>
    protected virtual string PathWord => "through the relay";

    public async Task InitializeAsync()
    {
        A = TestNode.Alone(_data, null, Arguments);
        await A.ReadyAsync();
        B = TestNode.Node(A.Store, A.Cluster, Arguments);
        await B.ReadyAsync();
        Redis = await RedisConnector.ConnectAsync(Patience.With(A.Store), "test");

        // Chats go the way that is tested from here on.
        await A.Process.WaitForAsync(PathWord);
        await B.Process.WaitForAsync(PathWord);
    }

    public virtual async Task DisposeAsync()
    {
        await Redis.DisposeAsync();
        await B.DisposeAsync();
        await A.DisposeAsync();
        _data.Dispose();
    }

    internal bool HasSession(string user) => Redis.GetDatabase().KeyExists($"chat:session:{user}");
}
