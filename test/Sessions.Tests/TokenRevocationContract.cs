using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>What every store of revoked tokens must do. One run per store.</summary>
public abstract class TokenRevocationContract
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private readonly RedisKeys _keys = new($"test-{Guid.NewGuid():N}:");
    private readonly ManualTime _time = new();
    private readonly IDatabase _db;
    private readonly RedisTokenRevocations _revocations;

    /// <summary>Makes the tests run on a store.</summary>
    protected TokenRevocationContract(IConnectionMultiplexer redis)
    {
        _db = redis.GetDatabase();
        _revocations = new RedisTokenRevocations(redis, _keys, _time);
        _time.Advance(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero) - _time.GetUtcNow());
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    public virtual async Task Should_say_that_nothing_is_revoked_and_then_that_nothing_changed()
    {
        var first = (await _revocations.LookAsync(null)).ShouldBeOfType<RevocationsOutcome.Known>();
        first.Revocations.ShouldBeEmpty();
        (await _revocations.LookAsync(first.Version)).ShouldBeOfType<RevocationsOutcome.Unchanged>();
    }

    public virtual async Task Should_give_what_was_revoked_to_whoever_knows_an_older_version()
    {
        TokenRevocation[] all = [new TokenRevocation.Token("t 1:é", Now + s_hour), new TokenRevocation.User("ann", Now, Now + (2 * s_hour))];
        (await _revocations.RevokeAsync(all[0])).ShouldBeTrue();
        var first = (await _revocations.LookAsync("")).ShouldBeOfType<RevocationsOutcome.Known>();
        first.Revocations.ShouldBe([all[0]]);
        await _revocations.RevokeAsync(all[1]);
        var second = (await _revocations.LookAsync(first.Version)).ShouldBeOfType<RevocationsOutcome.Known>();
        second.Revocations.ShouldBe(all, ignoreOrder: true);
        (await _revocations.LookAsync(second.Version)).ShouldBeOfType<RevocationsOutcome.Unchanged>();
    }

    public virtual async Task Should_have_another_version_when_the_store_lost_everything_and_something_else_is_revoked()
    {
        await _revocations.RevokeAsync(new TokenRevocation.Token("one", Now + s_hour));
        var first = (await _revocations.LookAsync(null)).ShouldBeOfType<RevocationsOutcome.Known>();
        await _db.KeyDeleteAsync(_keys.Revoked);
        await _revocations.RevokeAsync(new TokenRevocation.Token("two", Now + s_hour));
        (await _revocations.LookAsync(first.Version)).ShouldBeOfType<RevocationsOutcome.Known>().Revocations.Single().ShouldBeOfType<TokenRevocation.Token>().Id.ShouldBe("two");
    }

    public virtual async Task Should_forget_what_need_not_be_kept_and_let_the_list_expire_with_the_last_one()
    {
        await _revocations.RevokeAsync(new TokenRevocation.Token("short", Now + s_hour));
        await _revocations.RevokeAsync(new TokenRevocation.Token("long", Now + (9 * s_hour)));
        _time.Advance(2 * s_hour);
        await _revocations.RevokeAsync(new TokenRevocation.Token("late", Now + s_hour));
        (await _revocations.LookAsync(null)).ShouldBeOfType<RevocationsOutcome.Known>()
            .Revocations.Cast<TokenRevocation.Token>().Select(t => t.Id).ShouldBe(["long", "late"], ignoreOrder: true);
        (await _db.KeyTimeToLiveAsync(_keys.Revoked))!.Value.ShouldBeInRange((7 * s_hour) - TimeSpan.FromMinutes(5), 7 * s_hour);
    }

    public virtual async Task Should_keep_the_later_of_two_changes_whichever_comes_first()
    {
        var until = Now + s_hour;
        foreach (var epoch in new[] { 9, 10, 8 })
            await _revocations.RevokeAsync(new TokenRevocation.Account("a b:é", epoch, IsClosed: epoch > 8, until));
        foreach (var hours in new[] { 2, 3, 1 })
            await _revocations.RevokeAsync(new TokenRevocation.User("ann", Now + (hours * s_hour), until));
        (await _revocations.LookAsync(null)).ShouldBeOfType<RevocationsOutcome.Known>().Revocations.ShouldBe(
            [new TokenRevocation.Account("a b:é", 10, IsClosed: true, until), new TokenRevocation.User("ann", Now + (3 * s_hour), until)], ignoreOrder: true);
    }

    public virtual async Task Should_skip_entries_that_it_does_not_know()
    {
        await _db.HashSetAsync(_keys.Revoked, [new("v", "9"), new("x:1", "5"), new("t:bad", "soon"), new("u:bad", "5"), new("a:bad", "5 x 9"), new("a:bad2", "x c 9"), new("t:good", "5000")]);
        (await _revocations.LookAsync(null)).ShouldBeOfType<RevocationsOutcome.Known>()
            .Revocations.ShouldBe([new TokenRevocation.Token("good", DateTimeOffset.FromUnixTimeSeconds(5))]);
    }
}
