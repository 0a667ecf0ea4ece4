using System.Collections.Concurrent;
using Akka.Actor;
using ChatAkka.RedisAccess;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>The connections of an actor system's persistence plugins. Plugins with the same connection string share them. They are closed when
/// the system ends.</summary>
/// <remarks>Recovery reads over a second connection: a reply with many events may take longer than the time limit of a write, and writes must
/// not wait for it.</remarks>
internal sealed class RedisConnections : IExtension
{
    /// <summary>Must be below <c>recovery-event-timeout</c>, the time after which an entity gives up a recovery without progress.</summary>
    private const int ReadTimeout = 4000;

    private readonly ConcurrentDictionary<(string Connection, Purpose Purpose), Lazy<IConnectionMultiplexer>> _connections = new();

    private enum Purpose
    {
        Writes,
        Reads,
        Receipts,
    }

    private RedisConnections(ActorSystem system) => system.RegisterOnTermination(Close);

    /// <summary>Gives the connections of an actor system.</summary>
    public static RedisConnections Get(ActorSystem system) => system.WithExtension<RedisConnections, Provider>();

    /// <summary>Gives the connection for writes. It reconnects by itself.</summary>
    public IConnectionMultiplexer Open(string connection) =>
        Open((connection, Purpose.Writes));

    /// <summary>Gives the connection for replies that may take up to four seconds.</summary>
    public IConnectionMultiplexer OpenForReads(string connection) => Open((connection, Purpose.Reads));

    /// <summary>Gives the connection for <c>WAIT</c>, which blocks it: nothing else may use it. It is allowed to read the server's configuration.</summary>
    public IConnectionMultiplexer OpenForReceipts(string connection) => Open((connection, Purpose.Receipts));

    private IConnectionMultiplexer Open((string Connection, Purpose Purpose) which) =>
        _connections.GetOrAdd(which, static w => new Lazy<IConnectionMultiplexer>(() => Connect(w.Connection, w.Purpose))).Value;

    private static ConnectionMultiplexer Connect(string connection, Purpose purpose)
    {
        var options = RedisConnectionString.Parse(connection).ToOptions("chatakka-persistence");
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
