using System.Collections.Concurrent;
using Akka.Actor;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>The connections of an actor system's persistence plugins: one per connection string, shared, closed with the system.</summary>
/// <remarks>Recovery reads over a second one: replies with many events take longer than a write may, and writes must not wait behind them.</remarks>
internal sealed class RedisConnections : IExtension
{
    // What the connection string says wins. A call fails within a second, and at once where the server is known to be away.
    private const string Defaults = "abortConnect=false,connectTimeout=1000,syncTimeout=1000,asyncTimeout=1000,keepAlive=5,configCheckSeconds=2,";

    /// <summary>Below <c>recovery-event-timeout</c>, by when an entity whose recovery does not go on gives up.</summary>
    private const int ReadTimeout = 4000;

    private readonly ConcurrentDictionary<(string Connection, Purpose Purpose), Lazy<IConnectionMultiplexer>> _connections = new();

    private enum Purpose
    {
        Writes,
        Reads,
        Receipts,
    }

    private RedisConnections(ActorSystem system) => system.RegisterOnTermination(Close);

    /// <summary>Gives those of a system.</summary>
    public static RedisConnections Get(ActorSystem system) => system.WithExtension<RedisConnections, Provider>();

    /// <summary>Gives the connection; it finds its server again by itself.</summary>
    public IConnectionMultiplexer Open(string connection) =>
        Open((connection, Purpose.Writes));

    /// <summary>Gives the connection for replies that may take up to four seconds.</summary>
    public IConnectionMultiplexer OpenForReads(string connection) => Open((connection, Purpose.Reads));

    /// <summary>Gives the connection that <c>WAIT</c> holds up: nothing else may use it. It may ask how the server is set.</summary>
    public IConnectionMultiplexer OpenForReceipts(string connection) => Open((connection, Purpose.Receipts));

    private IConnectionMultiplexer Open((string Connection, Purpose Purpose) which) =>
        _connections.GetOrAdd(which, static w => new Lazy<IConnectionMultiplexer>(() => Connect(w.Connection, w.Purpose))).Value;

    private static ConnectionMultiplexer Connect(string connection, Purpose purpose)
    {
        var options = ConfigurationOptions.Parse(Defaults + connection);
        options.ReconnectRetryPolicy = new ExponentialRetry(100, 1000);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ClientName ??= "chatakka-persistence";
        if (purpose != Purpose.Writes)
        {
            options.AsyncTimeout = Math.Max(options.AsyncTimeout, ReadTimeout);
            options.ClientName += purpose == Purpose.Reads ? "-reads" : "-receipts";
            options.AllowAdmin = purpose == Purpose.Receipts;
        }

        return ConnectionMultiplexer.Connect(options);
    }

    private void Close()
    {
        foreach (var connection in _connections.Values.Where(c => c.IsValueCreated))
            connection.Value.Dispose();
    }

    private sealed class Provider : ExtensionIdProvider<RedisConnections>
    {
        public override RedisConnections CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
