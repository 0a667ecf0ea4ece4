using ChatAkka.TestSupport;

namespace ChatAkka.Sessions.Tests;

/// <summary>The contract for members on redis-server.</summary>
public sealed class MembersRedisRegistrySpecs(RedisFixture store) : MembersContract(store.Redis), IClassFixture<RedisFixture>
{
    [FactNeedsRedis]
    public override Task Should_delete_what_a_dead_node_holds_and_nothing_else() => base.Should_delete_what_a_dead_node_holds_and_nothing_else();

    [FactNeedsRedis]
    public override Task Should_let_a_dead_node_claim_nothing() => base.Should_let_a_dead_node_claim_nothing();

    [FactNeedsRedis]
    public override Task Should_not_let_a_relay_out_of_office_declare_anybody_dead() => base.Should_not_let_a_relay_out_of_office_declare_anybody_dead();

    [FactNeedsRedis]
    public override Task Should_draw_rising_terms_also_when_the_data_is_lost() => base.Should_draw_rising_terms_also_when_the_data_is_lost();

    [FactNeedsRedis]
    public override Task Should_tell_a_node_when_it_is_new_known_or_dead() => base.Should_tell_a_node_when_it_is_new_known_or_dead();

    [FactNeedsRedis]
    public override Task Should_take_a_node_off_the_list_when_it_leaves_without_sessions() => base.Should_take_a_node_off_the_list_when_it_leaves_without_sessions();

    [FactNeedsRedis]
    public override Task Should_delete_the_mark_of_one_former_mailbox_when_it_was_taken_over() => base.Should_delete_the_mark_of_one_former_mailbox_when_it_was_taken_over();

    [FactNeedsRedis]
    public override Task Should_not_let_a_dead_node_touch_a_session_that_lives_elsewhere() => base.Should_not_let_a_dead_node_touch_a_session_that_lives_elsewhere();

    [FactNeedsRedis]
    public override Task Should_let_one_found_a_cluster_while_none_lives() => base.Should_let_one_found_a_cluster_while_none_lives();
}
