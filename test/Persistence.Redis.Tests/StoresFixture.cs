using System.Globalization;
using ChatAkka.EmbeddedRedis;
using ChatAkka.RedisAccess;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>Every kind of store that the plugins run on: the embedded one, and where redis-server is installed that, alone and as a cluster.</summary>
public sealed class StoresFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _connections = [];
    private EmbeddedRedisServer? _embedded;
    private RedisServer? _single;
    private ServerProcess? _cluster;

    /// <summary>Names of the stores that can be used here.</summary>
    public static TheoryData<string> Names => RedisServer.SkipReason is null ? new("embedded", "redis-server", "Redis Cluster") : new("embedded");

    /// <summary>Gives the connection string of a store.</summary>
    public string Connection(string store) => _connections[store];

    /// <summary>Opens a connection to look at what is there.</summary>
    public ConnectionMultiplexer Open(string store) =>
        ConnectionMultiplexer.Connect(RedisConnectionString.Parse(_connections[store] + ",connectTimeout=15000").ToOptions("test"));

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var port = FreePorts.Next();
        _embedded = EmbeddedRedisServer.Start(new EmbeddedRedisSettings(Path.Combine(_folder.Path, "embedded"), "127.0.0.1", port));
        _connections["embedded"] = Patience.With(_embedded.Connection);
        if (RedisServer.SkipReason is not null)
            return;
        _single = await RedisServer.StartAsync();
        _connections["redis-server"] = Patience.With(_single.Address);
        _connections["Redis Cluster"] = Patience.With(await StartClusterAsync());
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        _embedded?.Dispose();
        if (_single is not null)
            await _single.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A cluster of one server that has all slots: clients speak to it as to any.</summary>
    private async Task<string> StartClusterAsync()
    {
        var port = FreePorts.Next();
        var bus = FreePorts.Next();
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "cluster")).FullName;
        _cluster = ServerProcess.Start("redis-server",
        [
            "--port", Text(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder,
            "--cluster-enabled", "yes", "--cluster-port", Text(bus),
        ]);
        await _cluster.WaitForAsync("Ready to accept connections");
        var address = $"127.0.0.1:{port}";
        await using var redis = await ConnectionMultiplexer.ConnectAsync(address + ",allowAdmin=true");
        await redis.GetServer(address).ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Eventually.TrueAsync(
            async () => (await redis.GetServer(address).ExecuteAsync("CLUSTER", "INFO")).ToString().Contains("cluster_state:ok", StringComparison.Ordinal),
            "the cluster is up");
        return address;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
