using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>Remembers that a connection to a Redis server was lost. Data that was written to that server may be lost, too.</summary>
internal sealed class BrokenConnections
{
    private int _broken;

    /// <summary>Starts to watch the connections.</summary>
    public BrokenConnections(IConnectionMultiplexer redis) => redis.ConnectionFailed += (_, _) => Volatile.Write(ref _broken, 1);

    /// <summary>True if a connection was lost since the last call.</summary>
    public bool Take() => Interlocked.Exchange(ref _broken, 0) == 1;
}
