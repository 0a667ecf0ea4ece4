using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>The marks in Redis: one key for each mailbox that may hold messages.</summary>
/// <param name="redis">An open connection.</param>
/// <param name="keys">Names of the keys.</param>
/// <param name="gauge">Tells how full the store is; null if nobody measures it.</param>
public sealed class RedisMailboxMarks(IConnectionMultiplexer redis, RedisKeys keys, StoreGauge? gauge = null) : IMailboxMarks
{
    /// <inheritdoc/>
    public bool HasSpace => gauge is not { IsFull: true };

    private IDatabase Db => redis.GetDatabase();

    /// <inheritdoc/>
    public async Task<bool> MayWaitAsync(UserName user)
    {
        try
        {
            return await Db.KeyExistsAsync(keys.Waiting(user), RedisConnector.PrimaryOnly).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public Task MarkAsync(UserName user, string holder) => Db.StringSetAsync(keys.Waiting(user), holder);

    /// <inheritdoc/>
    public Task ClearAsync(UserName user, string holder) => Db.ScriptEvaluateAsync(RedisScripts.DeleteIfEqual, [keys.Waiting(user)], [holder], RedisConnector.PrimaryOnly);

    /// <inheritdoc/>
    public Task<bool> IsFencedAsync(NodeId node) => Db.KeyExistsAsync(keys.Tombstone(node), RedisConnector.PrimaryOnly);
}
