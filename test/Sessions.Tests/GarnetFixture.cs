using ChatAkka.EmbeddedRedis;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>An embedded store for a class of tests.</summary>
public sealed class GarnetFixture : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly EmbeddedRedisServer _server;

    /// <summary>Starts it.</summary>
    public GarnetFixture()
    {
        _server = EmbeddedRedisServer.Start(new EmbeddedRedisSettings(_folder.Path, "127.0.0.1", FreePorts.Next()));
        Redis = RedisConnector.ConnectAsync(Patience.With(_server.Connection), "test").GetAwaiter().GetResult();
    }

    /// <summary>A connection to it.</summary>
    public IConnectionMultiplexer Redis { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Redis.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }
}
