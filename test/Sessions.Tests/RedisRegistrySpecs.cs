using ChatAkka.TestSupport;

namespace ChatAkka.Sessions.Tests;

/// <summary>The contract for sessions on redis-server.</summary>
public sealed class RedisRegistrySpecs(RedisFixture store) : SessionRegistryContract(store.Redis), IClassFixture<RedisFixture>
{
    [FactNeedsRedis]
    public override Task Should_claim_find_and_release() => base.Should_claim_find_and_release();

    [FactNeedsRedis]
    public override Task Should_use_the_key_names_and_fields_of_the_design() => base.Should_use_the_key_names_and_fields_of_the_design();

    [FactNeedsRedis]
    public override Task Should_remember_the_last_events_of_a_session() => base.Should_remember_the_last_events_of_a_session();

    [FactNeedsRedis]
    public override Task Should_write_no_events_where_they_are_off() => base.Should_write_no_events_where_they_are_off();

    [FactNeedsRedis]
    public override Task Should_give_the_previous_owner_when_it_replaces() => base.Should_give_the_previous_owner_when_it_replaces();

    [FactNeedsRedis]
    public override Task Should_record_a_second_login_on_the_same_connection_as_later_and_a_restored_session_as_before() => base.Should_record_a_second_login_on_the_same_connection_as_later_and_a_restored_session_as_before();

    [FactNeedsRedis]
    public override Task Should_not_touch_a_session_that_was_claimed_elsewhere_when_the_old_one_is_released() => base.Should_not_touch_a_session_that_was_claimed_elsewhere_when_the_old_one_is_released();

    [FactNeedsRedis]
    public override Task Should_not_touch_a_later_connection_of_the_same_node() => base.Should_not_touch_a_later_connection_of_the_same_node();

    [FactNeedsRedis]
    public override Task Should_refuse_a_second_login_unless_its_holder_is_gone() => base.Should_refuse_a_second_login_unless_its_holder_is_gone();

    [FactNeedsRedis]
    public override Task Should_go_on_when_the_server_forgot_the_scripts() => base.Should_go_on_when_the_server_forgot_the_scripts();

    [FactNeedsRedis]
    public override Task Should_leave_one_owner_whatever_claims_and_releases_race() => base.Should_leave_one_owner_whatever_claims_and_releases_race();

    [FactNeedsRedis]
    public override Task Should_restore_a_missing_session_and_leave_a_later_one() => base.Should_restore_a_missing_session_and_leave_a_later_one();

    [FactNeedsRedis]
    public override Task Should_let_only_a_confirmed_claim_stay() => base.Should_let_only_a_confirmed_claim_stay();

    [FactNeedsRedis]
    public override Task Should_run_each_script_whole() => base.Should_run_each_script_whole();

    [FactNeedsRedis]
    public override Task Should_say_that_the_holder_may_be_gone_in_a_moment_when_its_claim_is_not_confirmed() => base.Should_say_that_the_holder_may_be_gone_in_a_moment_when_its_claim_is_not_confirmed();

    [FactNeedsRedis]
    public override Task Should_leave_one_of_two_sessions_when_the_clock_of_the_later_ones_node_is_behind() => base.Should_leave_one_of_two_sessions_when_the_clock_of_the_later_ones_node_is_behind();

    [FactNeedsRedis]
    public override Task Should_refuse_a_login_that_waited_when_the_user_logged_in_elsewhere_meanwhile() => base.Should_refuse_a_login_that_waited_when_the_user_logged_in_elsewhere_meanwhile();

    [FactNeedsRedis]
    public override Task Should_let_a_login_in_when_the_user_logged_in_elsewhere_before_it_arrived() => base.Should_let_a_login_in_when_the_user_logged_in_elsewhere_before_it_arrived();

    [FactNeedsRedis]
    public override Task Should_take_a_session_for_free_when_its_holder_cannot_be_read() => base.Should_take_a_session_for_free_when_its_holder_cannot_be_read();

    [FactNeedsRedis]
    public override Task Should_not_touch_a_session_when_the_claim_is_abandoned() => base.Should_not_touch_a_session_when_the_claim_is_abandoned();
}
