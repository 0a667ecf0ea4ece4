using System.Globalization;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>Measures how full an embedded store is. Every node that uses the store can do so.</summary>
/// <remarks>Garnet has no limit at which it refuses writes: when its memory is full, it evicts data without any error. The bound here is half of
/// that memory. The other half is for writes between two measurements, and for writes that must always succeed, for example sessions and
/// acknowledgements. redis-server refuses writes by itself (<c>maxmemory</c> with <c>noeviction</c>).</remarks>
/// <param name="redis">An open connection that is allowed to send <c>INFO</c>.</param>
public sealed class StoreGauge(IConnectionMultiplexer redis)
{
    private const string Limit = "Log.MaxMemorySizeBytes";
    private static readonly string[] s_used = ["Log.CurrentMemorySizeBytes", "Log.CurrentHeapSizeBytes"];
    private volatile bool _isFull;

    /// <summary>True if the store was full at the last measurement.</summary>
    public bool IsFull => _isFull;

    /// <summary>Measures the store; null if it has no such bound (it is not Garnet).</summary>
    /// <exception cref="RedisException">The store did not answer.</exception>
    public async Task<StoreUse?> LookAsync()
    {
        var server = redis.GetServers().FirstOrDefault(s => s.IsConnected && !s.IsReplica) ?? throw new RedisException("no primary is connected");
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
