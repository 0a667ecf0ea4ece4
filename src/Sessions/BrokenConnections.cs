using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>Remembers that a connection to a Redis server broke: what was written there may be lost.</summary>
internal sealed class BrokenConnections
{
    private int _broken;

    /// <summary>Watches from now on.</summary>
    public BrokenConnections(IConnectionMultiplexer redis) => redis.ConnectionFailed += (_, _) => Volatile.Write(ref _broken, 1);

    /// <summary>True where one broke since this was asked last.</summary>
    public bool Take() => Interlocked.Exchange(ref _broken, 0) == 1;
}
