using BenchmarkDotNet.Attributes;
using ChatAkka.Protocol;
using ChatAkka.Sessions;
using StackExchange.Redis;

namespace ChatAkka.Micro;

/// <summary>The session registry on a Redis: CHATAKKA_BENCH_REDIS says where, 127.0.0.1:6379 where it says nothing.</summary>
[MemoryDiagnoser]
public class RegistryBenchmarks
{
    private static readonly SessionOwner s_owner = new(new NodeId("micro", 1, 1), 1);
    private const int AtOnce = 64;
    private readonly UserName _user = UserName.TryCreate("micro-alice"u8)!;
    private readonly UserName[] _users = [.. Enumerable.Range(0, AtOnce).Select(i => UserName.TryCreate($"micro-{i}")!)];
    private ConnectionMultiplexer _redis = null!;
    private RedisSessionRegistry _registry = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _redis = await RedisConnector.ConnectAsync(Environment.GetEnvironmentVariable("CHATAKKA_BENCH_REDIS") ?? "127.0.0.1:6379", "micro");
        _registry = new RedisSessionRegistry(_redis, new RedisKeys("micro:"), TimeSpan.FromDays(1));
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _registry.RemoveNodeAsync(s_owner.Node);
        await _redis.DisposeAsync();
    }

    [Benchmark(Description = "claim and release, one after the other")]
    public async Task<bool> ClaimAndReleaseAsync()
    {
        await _registry.ClaimAsync(_user, s_owner, 1, "text", ClaimPolicy.Replace);
        return await _registry.ReleaseAsync(_user, s_owner);
    }

    [Benchmark(Description = "claim and release, as many at a time as a node does", OperationsPerInvoke = AtOnce)]
    public Task ClaimAndReleaseManyAsync() => Task.WhenAll(_users.Select(async user =>
    {
        await _registry.ClaimAsync(user, s_owner, 1, "text", ClaimPolicy.Replace);
        await _registry.ReleaseAsync(user, s_owner);
    }));

    [Benchmark(Description = "look-up")]
    public Task<FindOutcome> FindAsync() => _registry.FindAsync(_user);
}
