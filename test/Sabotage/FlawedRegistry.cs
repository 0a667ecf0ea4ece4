using ChatAkka.Protocol;
using ChatAkka.Sessions;
using StackExchange.Redis;

namespace ChatAkka.Sabotage;

/// <summary>A session registry without some of its protections.</summary>
/// <param name="inner">The product's.</param>
/// <param name="redis">Where it keeps the sessions.</param>
/// <param name="keys">Under which keys.</param>
/// <param name="flaws">What is left out.</param>
internal sealed class FlawedRegistry(ISessionRegistry inner, IConnectionMultiplexer redis, RedisKeys keys, Flaw flaws) : ISessionRegistry
{
    /// <inheritdoc/>
    public Task<AttendOutcome> AttendAsync(NodeId node) => inner.AttendAsync(node);

    /// <inheritdoc/>
    public Task RemoveNodeAsync(NodeId node) => inner.RemoveNodeAsync(node);

    /// <inheritdoc/>
    public Task<ClaimOutcome> ClaimAsync(
        UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default) =>
        inner.ClaimAsync(user, owner, since, mode, policy, abandoned);

    /// <inheritdoc/>
    public async Task<bool> ReleaseAsync(UserName user, SessionOwner owner)
    {
        if (flaws.HasFlag(Flaw.NoCompare))
            await TryAsync(db => db.KeyDeleteAsync(keys.Session(user)));
        return await inner.ReleaseAsync(user, owner);
    }

    /// <inheritdoc/>
    public Task<FindOutcome> FindAsync(UserName user) => inner.FindAsync(user);

    /// <inheritdoc/>
    public TimeSpan? EventsAge => inner.EventsAge;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) => inner.EventsAsync(user);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeId>> NodesAsync() => inner.NodesAsync();

    /// <inheritdoc/>
    public async Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term)
    {
        if (flaws.HasFlag(Flaw.NoCompare))
        {
            await TryAsync(async db =>
            {
                var users = (await db.SetMembersAsync(keys.Node(node))).Select(m => UserName.TryCreate(m.ToString())).OfType<UserName>();
                await Task.WhenAll(users.Select(u => db.KeyDeleteAsync(keys.Session(u))));
            });
        }

        var outcome = await inner.CleanUpAsync(node, term);
        if (flaws.HasFlag(Flaw.NoTombstone))
            await TryAsync(db => db.KeyDeleteAsync(keys.Tombstone(node)));
        return outcome;
    }

    /// <inheritdoc/>
    public Task<long> NextTermAsync(long now) => inner.NextTermAsync(now);

    private async Task TryAsync(Func<IDatabase, Task> work)
    {
        try
        {
            await work(redis.GetDatabase());
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            // The product's registry says so itself.
        }
    }
}
