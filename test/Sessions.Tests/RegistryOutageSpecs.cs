using System.Diagnostics;
using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

public class RegistryOutageSpecs
{
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;
    private static readonly SessionOwner s_owner = new(new NodeId("a", 1, 1), 1);

    [FactNeedsRedis]
    public async Task Should_answer_at_once_while_Redis_is_away_and_work_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisConnector.ConnectAsync(Patience.With(server.Address), "test");
        var registry = new RedisSessionRegistry(redis, new RedisKeys("chat:"), TimeSpan.FromDays(1));
        await Claim(registry);
        await server.KillAsync();
        await Eventually.TrueAsync(async () => await registry.FindAsync(s_bob) is FindOutcome.Unavailable, "the loss is noticed");

        var watch = Stopwatch.StartNew();
        (await Claim(registry)).ShouldBeOfType<ClaimOutcome.Unavailable>();
        (await registry.ReleaseAsync(s_bob, s_owner)).ShouldBeFalse();
        (await registry.CleanUpAsync(s_owner.Node, 1)).ShouldBeOfType<CleanUpOutcome.Unavailable>();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));

        await server.RunAsync();
        await Eventually.TrueAsync(async () => await Claim(registry) is ClaimOutcome.Claimed, "it works again, with an empty server");
    }

    [FactNeedsRedis]
    public async Task Should_not_read_from_a_replica_when_the_primary_is_away()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = RedisServer.NotStarted();
        await replica.RunAsync("--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        await using var redis = await RedisConnector.ConnectAsync(Patience.With($"{primary.Address},{replica.Address}"), "test");
        var keys = new RedisKeys("chat:");
        var registry = new RedisSessionRegistry(redis, keys, TimeSpan.FromDays(1));
        await Claim(registry);
        await using var follower = await RedisConnector.ConnectAsync(Patience.With(replica.Address), "test");
        await Eventually.TrueAsync(() => follower.GetDatabase().KeyExistsAsync(keys.Session(s_bob)), "the replica has it");
        await primary.KillAsync();

        // What a replica has may be old: it must not say where a user is, or that there is nothing to release.
        await Eventually.TrueAsync(async () => await registry.FindAsync(s_bob) is FindOutcome.Unavailable, "the loss is noticed");
        (await registry.ReleaseAsync(s_bob, s_owner with { Connection = 2 })).ShouldBeFalse();
        (await registry.CleanUpAsync(new NodeId("z", 1, 1), long.MaxValue)).ShouldBeOfType<CleanUpOutcome.Unavailable>();
        await Should.ThrowAsync<RedisConnectionException>(registry.NodesAsync);
    }

    private static Task<ClaimOutcome> Claim(RedisSessionRegistry registry) =>
        registry.ClaimAsync(s_bob, s_owner, 1, SessionModes.Plain, ClaimPolicy.Replace);
}
