using Akka.Actor;
using Akka.Configuration;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>What journal and snapshot store have in common: the database and the names of the keys.</summary>
internal sealed class RedisStore
{
    private readonly IConnectionMultiplexer _redis;
    private readonly IConnectionMultiplexer _reads;
    private readonly PluginSettings _settings;
    private readonly ReceiptGate? _receipts;
    private PersistenceKeys? _keys;

    /// <summary>Opens the store that a plugin's section names.</summary>
    public RedisStore(ActorSystem system, Config config)
    {
        _settings = PluginSettings.Create(config);
        var connections = RedisConnections.Get(system);
        _redis = connections.Open(_settings.Connection);
        _reads = connections.OpenForReads(_settings.Connection);
        _receipts = _settings.Receipts == Receipts.Written
            ? null
            : new ReceiptGate(connections.OpenForReceipts(_settings.Connection), _settings, TimeProvider.System);
    }

    /// <summary>The database.</summary>
    public IDatabase Database => _redis.GetDatabase(_settings.Database);

    /// <summary>The same database, over a connection of its own, for replies that may be large and so take long: nothing else waits behind them.</summary>
    public IDatabase Reads => _reads.GetDatabase(_settings.Database);

    /// <summary>Names of the keys.</summary>
    /// <exception cref="RedisNotReachedException">No server was reached yet, so it is not known whether they are a cluster.</exception>
    public PersistenceKeys Keys => _keys ??= new PersistenceKeys(_settings.KeyPrefix, IsCluster());

    /// <summary>Waits until what an entity wrote counts as kept.</summary>
    /// <exception cref="ReceiptException">It does not.</exception>
    public Task ConfirmAsync(string persistenceId, long number) =>
        _receipts is null || number == 0 ? Task.CompletedTask : _receipts.ConfirmAsync(Keys, persistenceId, number);

    /// <summary>Score for a sequence number; a number that no event has is infinite.</summary>
    public static double Score(long sequenceNr) => sequenceNr == long.MaxValue ? double.PositiveInfinity : sequenceNr;

    private bool IsCluster()
    {
        var servers = _redis.GetServers().Where(s => s.IsConnected).ToList();
        return servers.Count > 0
            ? servers.Any(s => s.ServerType == ServerType.Cluster)
            : throw new RedisNotReachedException();
    }
}
