using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>The cluster directory in Redis: one key that every member sets once a second, and that expires when no member is left.</summary>
/// <param name="redis">An open connection.</param>
/// <param name="keys">Names of the keys.</param>
/// <param name="isOwn">True for the embedded store of this process.</param>
public sealed class RedisClusterDirectory(IConnectionMultiplexer redis, RedisKeys keys, bool isOwn = false) : IClusterDirectory
{
    /// <summary>If no member confirms the cluster for this long, no cluster runs.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    public bool IsOwn => isOwn;

    private IDatabase Db => redis.GetDatabase();

    /// <inheritdoc/>
    public async Task<DirectoryOutcome> LookAsync(string address)
    {
        try
        {
            var speaker = (string?)await Db.StringGetAsync(keys.Cluster, RedisConnector.PrimaryOnly).ConfigureAwait(false);
            var nodes = await Db.SetMembersAsync(keys.Nodes, RedisConnector.PrimaryOnly).ConfigureAwait(false);
            return new DirectoryOutcome.Known(
            [
                .. nodes.Select(n => NodeId.TryParse(n)?.Address).Append(speaker).OfType<string>()
                    .Where(a => a != address).Distinct().Order(StringComparer.Ordinal),
            ]);
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return new DirectoryOutcome.Unavailable(e.Message);
        }
    }

    /// <inheritdoc/>
    public Task<bool> TryFoundAsync(string address) => QuietlyAsync(() => Db.StringSetAsync(keys.Cluster, address, Age, when: When.NotExists));

    /// <inheritdoc/>
    public Task ConfirmAsync(string address) => QuietlyAsync(() => Db.StringSetAsync(keys.Cluster, address, Age));

    /// <inheritdoc/>
    public Task LeaveAsync(string address) => QuietlyAsync(
        async () => (int)await Db.ScriptEvaluateAsync(RedisScripts.DeleteIfEqual, [keys.Cluster], [address], RedisConnector.PrimaryOnly).ConfigureAwait(false) == 1);

    private static async Task<bool> QuietlyAsync(Func<Task<bool>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return false;
        }
    }
}
