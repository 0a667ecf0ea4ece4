using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>The store of mailboxes in Redis.</summary>
/// <param name="redis">An open connection.</param>
/// <param name="keys">Names of the keys.</param>
/// <param name="gauge">Tells how full the store is; null if nobody measures it.</param>
public sealed class RedisMailboxStore(IConnectionMultiplexer redis, RedisKeys keys, StoreGauge? gauge = null) : IMailboxStore
{
    /// <inheritdoc/>
    public bool HasSpace => gauge is not { IsFull: true };

    /// <inheritdoc/>
    public Task ForgetMarkAsync(UserName user) => redis.GetDatabase().KeyDeleteAsync(keys.Waiting(user), RedisConnector.PrimaryOnly);
}
