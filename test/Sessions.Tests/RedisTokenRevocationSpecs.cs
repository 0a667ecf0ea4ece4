using ChatAkka.TestSupport;

namespace ChatAkka.Sessions.Tests;

/// <summary>The contract of revoked tokens on the redis-server.</summary>
public sealed class RedisTokenRevocationSpecs(RedisFixture store) : TokenRevocationContract(store.Redis), IClassFixture<RedisFixture>
{
    [FactNeedsRedis]
    public override Task Should_say_that_nothing_is_revoked_and_then_that_nothing_changed() => base.Should_say_that_nothing_is_revoked_and_then_that_nothing_changed();

    [FactNeedsRedis]
    public override Task Should_give_what_was_revoked_to_whoever_knows_an_older_version() => base.Should_give_what_was_revoked_to_whoever_knows_an_older_version();

    [FactNeedsRedis]
    public override Task Should_have_another_version_when_the_store_lost_everything_and_something_else_is_revoked() => base.Should_have_another_version_when_the_store_lost_everything_and_something_else_is_revoked();

    [FactNeedsRedis]
    public override Task Should_forget_what_need_not_be_kept_and_let_the_list_expire_with_the_last_one() => base.Should_forget_what_need_not_be_kept_and_let_the_list_expire_with_the_last_one();

    [FactNeedsRedis]
    public override Task Should_skip_entries_that_it_does_not_know() => base.Should_skip_entries_that_it_does_not_know();

    [FactNeedsRedis]
    public override Task Should_keep_the_later_of_two_changes_whichever_comes_first() => base.Should_keep_the_later_of_two_changes_whichever_comes_first();
}
