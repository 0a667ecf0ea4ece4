using System.Globalization;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>Says how full an embedded store is, on any node that uses it.</summary>
/// <remarks>Garnet has no limit at which it refuses to write: at that of its memory it evicts, in silence. Half of that is the bound here, so
/// that what is written between two looks, and what must go on, as sessions and acknowledgements, has space. redis-server refuses by
/// itself (<c>maxmemory</c> with <c>noeviction</c>).</remarks>
/// <param name="redis">An open connection, which may ask for <c>INFO</c>.</param>
public sealed class StoreGauge(IConnectionMultiplexer redis)
{
    private const string Limit = "Log.MaxMemorySizeBytes";
    private static readonly string[] s_used = ["Log.CurrentMemorySizeBytes", "Log.CurrentHeapSizeBytes"];
    private volatile bool _isFull;

    /// <summary>True where the last look found it full.</summary>
    public bool IsFull => _isFull;

    /// <summary>Looks; null where the store has no such bound.</summary>
    /// <exception cref="RedisException">The store did not answer.</exception>
    public async Task<StoreUse?> LookAsync()
    {
        var server = redis.GetServers().FirstOrDefault(s => s.IsConnected) ?? throw new RedisException("no server is connected");
        var use = Read(await server.InfoRawAsync("STORE").ConfigureAwait(false) ?? "");
        _isFull = use is { IsFull: true };
        return use;
    }

    /// <summary>Reads the section of Garnet's <c>INFO</c>.</summary>
    internal static StoreUse? Read(string info)
    {
        var values = info.Split('\n')
            .Select(l => l.Trim().Split(':', 2))
            .Where(l => l.Length == 2 && long.TryParse(l[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .ToDictionary(l => l[0], l => long.Parse(l[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return values.TryGetValue(Limit, out var limit) && limit > 1 ? new StoreUse(s_used.Sum(u => values.GetValueOrDefault(u)), limit / 2) : null;
    }
}
