using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>A session registry with keys of its own on a store.</summary>
public abstract class RegistryKit
{
    private protected static readonly NodeId NodeA = new("a", 1, 11);
    private protected static readonly NodeId NodeB = new("b", 2, 22);

    private protected RegistryKit(IConnectionMultiplexer redis)
    {
        Db = redis.GetDatabase();
        Keys = new RedisKeys(Prefix);
        Registry = new RedisSessionRegistry(redis, Keys, EventsAge);
    }

    private protected static TimeSpan EventsAge { get; } = TimeSpan.FromHours(3);

    private protected IDatabase Db { get; }

    /// <summary>Before every key: each test has its own.</summary>
    private protected string Prefix { get; } = $"test-{Guid.NewGuid():N}:";

    private protected RedisKeys Keys { get; }

    private protected RedisSessionRegistry Registry { get; }

    private protected static UserName Name(string name) => UserName.TryCreate(name)!;

    private protected Task<ClaimOutcome> Claim(UserName user, NodeId node, long connection, ClaimPolicy? policy = null) =>
        ClaimAsync(user, new SessionOwner(node, connection), since: 1000, policy);

    private protected Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, ClaimPolicy? policy = null) =>
        Registry.ClaimAsync(user, owner, since, SessionModes.Plain, policy ?? ClaimPolicy.Replace);

    private protected Task ClaimProvisionallyAsync(UserName user, NodeId node, long connection) => Db.ScriptEvaluateAsync(
        RedisScripts.Claim, [Keys.Session(user)], [node.ToString(), connection, 1000, "plain", "replace", "", 60_000, 1000, 1000]);

    private protected async Task<SessionOwner> Owner(UserName user) => (await Registry.FindAsync(user)).ShouldBeOfType<FindOutcome.Found>().Session.Owner;
}
