using Akka.Actor;
using Akka.Configuration;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>The common part of journal and snapshot store: the database and the names of the keys.</summary>
internal sealed class RedisStore
{
    private readonly IConnectionMultiplexer _redis;
    private readonly IConnectionMultiplexer _reads;
    private readonly PluginSettings _settings;
    private readonly ReceiptGate? _receipts;
    private readonly FirstConnection _first;
    private PersistenceKeys? _keys;

    /// <summary>Opens the store of a plugin's configuration section.</summary>
    public RedisStore(ActorSystem system, Config config)
        : this(system, PluginSettings.Create(config))
    {
    }

    private RedisStore(ActorSystem system, PluginSettings settings)
    {
        _settings = settings;
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

    /// <summary>Opens the store for calls that never wait for a confirmation. The connection for confirmations belongs to the journal alone.</summary>
    public static RedisStore WithoutReceipts(ActorSystem system, Config config) =>
        new(system, PluginSettings.Create(config) with { Receipts = Receipts.Written });

    /// <summary>Commands are for the primary alone. Without this, while the primary is away, the client library reads from a replica, which may be behind, and
    /// which still has what a primary that comes back empty has lost: a recovery could put the two together.</summary>
    public const CommandFlags PrimaryOnly = CommandFlags.DemandMaster;

    /// <summary>The database.</summary>
    public IDatabase Database => _redis.GetDatabase(_settings.Database);

    /// <summary>The same database over a separate connection, for replies that may be large and slow, so that no write waits for them.</summary>
    public IDatabase Reads => _reads.GetDatabase(_settings.Database);

    /// <summary>The servers of the connection for large replies, also those that are not connected.</summary>
    public IReadOnlyList<IServer> ReadServers => _reads.GetServers();

    /// <summary>The number of the database; null: the one in the connection string.</summary>
    public int? DatabaseNumber => _settings.Database < 0 ? null : _settings.Database;

    /// <summary>Gives the names of the keys. Every call needs them, so every call waits here for the first connection.</summary>
    /// <exception cref="RedisNotReachedException">No server was reached in time, so it is not known whether the servers are a Redis Cluster.</exception>
    public ValueTask<PersistenceKeys> KeysAsync(CancellationToken stop = default) => _keys is { } keys ? new(keys) : new(ReachAsync(stop));

    /// <summary>Waits until the writes of an entity count as stored.</summary>
    /// <exception cref="ReceiptException">They do not count as stored within the limit.</exception>
    public async Task ConfirmAsync(string persistenceId, long number)
    {
        if (_receipts is not null && number != 0)
            await _receipts.ConfirmAsync(await KeysAsync().ConfigureAwait(false), persistenceId, number).ConfigureAwait(false);
    }

    /// <summary>The score for a sequence number. The largest number, which no event has, becomes infinite.</summary>
    public static double Score(long sequenceNr) => sequenceNr == long.MaxValue ? double.PositiveInfinity : sequenceNr;

    private async Task<PersistenceKeys> ReachAsync(CancellationToken stop)
    {
        await _first.WaitAsync(stop).ConfigureAwait(false);
        return _keys = new PersistenceKeys(_settings.KeyPrefix, Connected(_redis).Any(s => s.ServerType == ServerType.Cluster));
    }

    private static IEnumerable<IServer> Connected(IConnectionMultiplexer connection) => connection.GetServers().Where(s => s.IsConnected);
}
