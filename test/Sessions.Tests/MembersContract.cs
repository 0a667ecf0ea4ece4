using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>What every store under the session registry must know of nodes, dead nodes, relays and clusters. One run per store.</summary>
public abstract class MembersContract : RegistryKit
{
    /// <summary>Makes the tests run on a store.</summary>
    protected MembersContract(IConnectionMultiplexer redis)
        : base(redis)
    {
    }

    public virtual async Task Should_delete_what_a_dead_node_holds_and_nothing_else()
    {
        for (var i = 0; i < 1200; i++)
            await Claim(Name($"u{i}"), NodeA, i);
        await Claim(Name("u7"), NodeB, 1);
        await Registry.AttendAsync(NodeA);
        (await Registry.CleanUpAsync(NodeA, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(1199));
        (await Registry.FindAsync(Name("u8"))).ShouldBe(new FindOutcome.NotFound());
        (await Owner(Name("u7"))).ShouldBe(new SessionOwner(NodeB, 1));
        (await Registry.NodesAsync()).ShouldBeEmpty();
        (await Db.KeyExistsAsync(Keys.Node(NodeA))).ShouldBeFalse();
        (await Registry.CleanUpAsync(NodeA, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(0));
    }

    public virtual async Task Should_let_a_dead_node_claim_nothing()
    {
        await Registry.CleanUpAsync(NodeA, term: 1);
        (await Claim(Name("bob"), NodeA, 5)).ShouldBe(new ClaimOutcome.Fenced());
        (await Registry.FindAsync(Name("bob"))).ShouldBe(new FindOutcome.NotFound());
        (await Db.KeyExistsAsync(Keys.Node(NodeA))).ShouldBeFalse();
    }

    public virtual async Task Should_not_let_a_relay_out_of_office_declare_anybody_dead()
    {
        var old = await Registry.NextTermAsync(100);
        var acting = await Registry.NextTermAsync(50);
        acting.ShouldBeGreaterThan(old);
        await Claim(Name("bob"), NodeA, 5);
        (await Registry.CleanUpAsync(NodeA, old)).ShouldBe(new CleanUpOutcome.Superseded(acting));
        (await Owner(Name("bob"))).ShouldBe(new SessionOwner(NodeA, 5));
        (await Registry.CleanUpAsync(NodeA, acting)).ShouldBe(new CleanUpOutcome.Cleaned(1));
    }

    public virtual async Task Should_draw_rising_terms_also_when_the_data_is_lost()
    {
        var first = await Registry.NextTermAsync(1_800_000_000_000);
        first.ShouldBe(1_800_000_000_000);
        (await Registry.NextTermAsync(1_800_000_000_000)).ShouldBe(first + 1);
        await Db.KeyDeleteAsync(Keys.RelayTerm);
        (await Registry.NextTermAsync(1_800_000_000_500)).ShouldBe(1_800_000_000_500);
    }

    public virtual async Task Should_tell_a_node_when_it_is_new_known_or_dead()
    {
        (await Registry.AttendAsync(NodeA)).ShouldBe(new AttendOutcome.Added());
        (await Registry.AttendAsync(NodeA)).ShouldBe(new AttendOutcome.Known());
        await Registry.CleanUpAsync(NodeA, term: 1);
        (await Registry.AttendAsync(NodeA)).ShouldBe(new AttendOutcome.Fenced());
        (await Registry.NodesAsync()).ShouldBeEmpty();
    }

    public virtual async Task Should_take_a_node_off_the_list_when_it_leaves_without_sessions()
    {
        await Registry.AttendAsync(NodeA);
        await Claim(Name("bob"), NodeA, 5);
        await Registry.RemoveNodeAsync(NodeA);
        (await Registry.NodesAsync()).ShouldBe([NodeA]);
        await Registry.ReleaseAsync(Name("bob"), new SessionOwner(NodeA, 5));
        await Registry.RemoveNodeAsync(NodeA);
        (await Registry.NodesAsync()).ShouldBeEmpty();
    }

    public virtual async Task Should_delete_the_mark_of_one_former_mailbox_when_it_was_taken_over()
    {
        var (bob, carol) = (Keys.Waiting(Name("bob")), Keys.Waiting(Name("carol")));
        await Db.StringSetAsync(bob, "holder");
        await Db.StringSetAsync(carol, "holder");
        await new RedisMailboxStore(Db.Multiplexer, Keys).ForgetMarkAsync(Name("bob"));
        (await Db.KeyExistsAsync(bob)).ShouldBeFalse();
        (await Db.KeyExistsAsync(carol)).ShouldBeTrue();
    }

    public virtual async Task Should_not_let_a_dead_node_touch_a_session_that_lives_elsewhere()
    {
        var bob = Name("bob");
        await Registry.CleanUpAsync(NodeA, term: 1);
        await Claim(bob, NodeB, 6);
        (await Claim(bob, NodeA, 5)).ShouldBe(new ClaimOutcome.Fenced());
        (await Claim(bob, NodeA, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Fenced());
        (await Owner(bob)).ShouldBe(new SessionOwner(NodeB, 6));
    }

    public virtual async Task Should_let_one_found_a_cluster_while_none_lives()
    {
        var directory = new RedisClusterDirectory(Db.Multiplexer, Keys);
        var founded = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => directory.TryFoundAsync($"h:{i}")));
        founded.Count(f => f).ShouldBe(1);
        var founder = $"h:{founded.ToList().IndexOf(true) + 1}";
        await Registry.AttendAsync(NodeA);
        (await directory.LookAsync("x:1")).ShouldBeOfType<DirectoryOutcome.Known>().Members.ShouldBe([NodeA.Address, founder]);
        (await directory.LookAsync(founder)).ShouldBeOfType<DirectoryOutcome.Known>().Members.ShouldBe([NodeA.Address]);

        // Another member spoke later: the founder that leaves does not end the cluster.
        await directory.ConfirmAsync("h:9");
        await directory.LeaveAsync(founder);
        (await directory.TryFoundAsync("x:1")).ShouldBeFalse();
        await directory.LeaveAsync("h:9");
        (await directory.TryFoundAsync("x:1")).ShouldBeTrue();
        (await Db.KeyTimeToLiveAsync(Keys.Cluster))!.Value.ShouldBeLessThanOrEqualTo(RedisClusterDirectory.Age);
    }
}
