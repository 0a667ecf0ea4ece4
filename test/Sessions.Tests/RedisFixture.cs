using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>A redis-server for a class of tests; nothing where it is not installed.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisServer? _server;

    /// <summary>Where it is, as HOST:PORT.</summary>
    public string Address => _server!.Address;

    /// <summary>A connection to it.</summary>
    public IConnectionMultiplexer Redis { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (RedisServer.SkipReason is not null)
            return;
        _server = await RedisServer.StartAsync();
        Redis = await RedisConnector.ConnectAsync(Patience.With(_server.Address), "test");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_server is null)
            return;
        await Redis.DisposeAsync();
        await _server.DisposeAsync();
    }
}
