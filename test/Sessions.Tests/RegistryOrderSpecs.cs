using ChatAkka.Protocol;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>The order of the registry's commands, shown by what others do between two of them.</summary>
public sealed class RegistryOrderSpecs(RedisFixture store) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly NodeId s_a = new("a", 1, 11);
    private static readonly SessionOwner s_owner = new(s_a, 5);
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;
    private readonly string _prefix = $"test-{Guid.NewGuid():N}:";
    private RedisProxy? _proxy;
    private ConnectionMultiplexer? _connection;
    private RedisSessionRegistry _slow = null!;
    private RedisSessionRegistry _direct = null!;

    public async Task InitializeAsync()
    {
        if (RedisServer.SkipReason is not null)
            return;
        _proxy = RedisProxy.Start(store.Address);
        (_connection, _slow) = await ConnectAsync(Patience.With(_proxy.Address));
        _direct = new RedisSessionRegistry(store.Redis, new RedisKeys(_prefix), TimeSpan.FromDays(1));
    }

    public async Task DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
    }

    [FactNeedsRedis]
    public async Task Should_undo_a_claim_when_its_node_was_declared_dead_after_it_looked()
    {
        var hold = _proxy!.HoldNext(IsClaim);
        var claim = ClaimAsync(_slow);
        await hold.ReachedAsync();
        (await _direct.CleanUpAsync(s_a, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(0));
        hold.Release();
        (await claim).ShouldBe(new ClaimOutcome.Fenced());
        (await _direct.FindAsync(s_bob)).ShouldBe(new FindOutcome.NotFound());
    }

    [FactNeedsRedis]
    public async Task Should_find_the_session_of_a_dead_node_when_that_died_right_after_its_claim()
    {
        var claims = 0;
        var hold = _proxy!.HoldNext(c => c.Contains(_prefix, StringComparison.Ordinal) && (claims > 0 || (IsClaim(c) && ++claims == 0)));
        var claim = ClaimAsync(_slow);
        await hold.ReachedAsync();
        await Eventually.TrueAsync(async () => await _direct.FindAsync(s_bob) is FindOutcome.Found, "the claim is done");
        (await _direct.CleanUpAsync(s_a, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(1));
        hold.Release();
        (await claim).ShouldBe(new ClaimOutcome.Fenced());
        (await _direct.FindAsync(s_bob)).ShouldBe(new FindOutcome.NotFound());
    }

    [FactNeedsRedis]
    public async Task Should_let_a_dead_node_claim_nothing_when_its_clean_up_has_only_begun()
    {
        await ClaimAsync(_direct);
        var hold = _proxy!.HoldNext(c => c.StartsWith("SSCAN ", StringComparison.Ordinal));
        var cleaning = _slow.CleanUpAsync(s_a, term: 1);
        await hold.ReachedAsync();
        (await _direct.ClaimAsync(UserName.TryCreate("carol")!, s_owner, 1000, SessionModes.Plain, ClaimPolicy.Replace)).ShouldBe(new ClaimOutcome.Fenced());
        hold.Release();
        (await cleaning).ShouldBe(new CleanUpOutcome.Cleaned(1));
    }

    [FactNeedsRedis]
    public async Task Should_not_say_claimed_when_the_session_expired_before_it_was_confirmed()
    {
        // A process that stood still for longer than a session may stay unconfirmed.
        var hold = _proxy!.HoldNext(IsConfirm);
        var claim = ClaimAsync(_slow);
        await hold.ReachedAsync();
        await store.Redis.GetDatabase().KeyDeleteAsync(_prefix + "session:bob");
        hold.Release();
        (await claim).ShouldBeOfType<ClaimOutcome.Unavailable>();
    }

    [FactNeedsRedis]
    public async Task Should_not_claim_when_the_connection_closes_while_the_registry_stalls()
    {
        (await AbandonedWhenHeldAsync(c => c.StartsWith("SADD ", StringComparison.Ordinal))).ShouldBe(new ClaimOutcome.Abandoned());
        _proxy!.Seen.ShouldNotContain(c => IsClaim(c));
        (await _direct.FindAsync(s_bob)).ShouldBe(new FindOutcome.NotFound());
    }

    [FactNeedsRedis]
    public async Task Should_keep_no_claim_when_the_connection_closes_before_it_is_confirmed()
    {
        (await AbandonedWhenHeldAsync(IsClaim)).ShouldBe(new ClaimOutcome.Abandoned());
        (await _direct.FindAsync(s_bob)).ShouldBe(new FindOutcome.NotFound());
        (await store.Redis.GetDatabase().KeyExistsAsync($"{_prefix}node:{s_a}")).ShouldBeFalse();
    }

    [FactNeedsRedis]
    public async Task Should_send_no_claim_when_the_nodes_set_is_not_written()
    {
        var seen = await SeenWhenHeldAsync(c => c.StartsWith("SADD ", StringComparison.Ordinal));
        seen.ShouldNotContain(c => IsClaim(c), "on a Redis Cluster it would reach its server before the set reaches another one");
    }

    [FactNeedsRedis]
    public async Task Should_not_look_at_the_tombstone_when_the_claim_is_not_answered()
    {
        var seen = await SeenWhenHeldAsync(IsClaim);
        seen.Count(c => c.StartsWith("EXISTS ", StringComparison.Ordinal)).ShouldBe(1, "the look behind the claim comes after its answer");
    }

    [FactNeedsRedis]
    public async Task Should_not_confirm_when_the_tombstone_is_not_read()
    {
        var looks = 0;
        var seen = await SeenWhenHeldAsync(c => c.StartsWith("EXISTS ", StringComparison.Ordinal) && ++looks == 2);
        seen.ShouldContain(c => IsClaim(c));
        seen.ShouldNotContain(c => IsConfirm(c));
    }

    /// <summary>What becomes of a claim that is abandoned while one of its commands is on its way.</summary>
    private async Task<ClaimOutcome> AbandonedWhenHeldAsync(Func<string, bool> command)
    {
        using var gone = new CancellationTokenSource();
        var hold = _proxy!.HoldNext(command);
        var claim = ClaimAsync(_slow, gone.Token);
        await hold.ReachedAsync();
        await gone.CancelAsync();
        hold.Release();
        return await claim;
    }

    /// <summary>What a claim sent by the time that it gave up, as one of its commands was never answered.</summary>
    private async Task<IReadOnlyList<string>> SeenWhenHeldAsync(Func<string, bool> command)
    {
        var (connection, registry) = await ConnectAsync(_proxy!.Address + ",syncTimeout=300,asyncTimeout=300");
        await using (connection)
        {
            var hold = _proxy.HoldNext(c => c.Contains(_prefix, StringComparison.Ordinal) && command(c));
            (await ClaimAsync(registry)).ShouldBeOfType<ClaimOutcome.Unavailable>();
            await hold.ReachedAsync();
            return [.. _proxy.Seen.Where(c => c.Contains(_prefix, StringComparison.Ordinal))];
        }
    }

    private async Task<(ConnectionMultiplexer Connection, RedisSessionRegistry Registry)> ConnectAsync(string to)
    {
        var connection = await RedisConnector.ConnectAsync(to, "test");
        return (connection, new RedisSessionRegistry(connection, new RedisKeys(_prefix), TimeSpan.FromDays(1)));
    }

    private static Task<ClaimOutcome> ClaimAsync(RedisSessionRegistry registry, CancellationToken abandoned = default) =>
        registry.ClaimAsync(s_bob, s_owner, 1000, SessionModes.Plain, ClaimPolicy.Replace, abandoned);

    // EVAL with a script that the client has not sent yet, EVALSHA after.
    private static bool IsClaim(string command) =>
        command.StartsWith("EVAL", StringComparison.Ordinal) && command.Contains($"session:bob {s_a} 5 1000 plain replace", StringComparison.Ordinal);

    private static bool IsConfirm(string command) =>
        command.StartsWith("EVAL", StringComparison.Ordinal) && command.EndsWith($"session:bob {s_a} 5", StringComparison.Ordinal);
}
