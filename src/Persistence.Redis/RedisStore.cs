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
    private readonly FirstConnection _first;
    private PersistenceKeys? _keys;

    /// <summary>Opens the store that a plugin's section names.</summary>
    public RedisStore(ActorSystem system, Config config)
    {
        _settings = PluginSettings.Create(config);
        var connections = RedisConnections.Get(system);
        _redis = connections.Open(_settings.Connection);
        _reads = connections.OpenForReads(_settings.Connection);
        List<IConnectionMultiplexer> all = [_redis, _reads];
        if (_settings.Receipts != Receipts.Written)
        {
            var receipts = connections.OpenForReceipts(_settings.Connection);
            _receipts = new ReceiptGate(receipts, _settings, TimeProvider.System);
            all.Add(receipts);
        }

        _first = new FirstConnection(() => all.TrueForAll(c => Connected(c).Any()), _settings.FirstConnectionTimeout, TimeProvider.System);
    }

    /// <summary>The database.</summary>
    public IDatabase Database => _redis.GetDatabase(_settings.Database);

    /// <summary>The same database, over a connection of its own, for replies that may be large and so take long: nothing else waits behind them.</summary>
    public IDatabase Reads => _reads.GetDatabase(_settings.Database);

    /// <summary>Gives the names of the keys. Every call asks for them first, and so waits here for the first connection.</summary>
    /// <exception cref="RedisNotReachedException">No server was reached in time, so it is not known whether they are a cluster.</exception>
    public ValueTask<PersistenceKeys> KeysAsync(CancellationToken stop = default) => _keys is { } keys ? new(keys) : new(ReachAsync(stop));

    /// <summary>Waits until what an entity wrote counts as kept.</summary>
    /// <exception cref="ReceiptException">It does not.</exception>
    public async Task ConfirmAsync(string persistenceId, long number)
    {
        if (_receipts is not null && number != 0)
            await _receipts.ConfirmAsync(await KeysAsync().ConfigureAwait(false), persistenceId, number).ConfigureAwait(false);
    }

    /// <summary>Score for a sequence number; a number that no event has is infinite.</summary>
    public static double Score(long sequenceNr) => sequenceNr == long.MaxValue ? double.PositiveInfinity : sequenceNr;

    private async Task<PersistenceKeys> ReachAsync(CancellationToken stop)
    {
        await _first.WaitAsync(stop).ConfigureAwait(false);
        return _keys = new PersistenceKeys(_settings.KeyPrefix, Connected(_redis).Any(s => s.ServerType == ServerType.Cluster));
    }

    private static IEnumerable<IServer> Connected(IConnectionMultiplexer connection) => connection.GetServers().Where(s => s.IsConnected);
}
