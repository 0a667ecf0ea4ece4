using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>What every store under the session registry must do with the sessions of living nodes. One run per store.</summary>
public abstract class SessionRegistryContract : RegistryKit
{
    /// <summary>Makes the tests run on a store.</summary>
    protected SessionRegistryContract(IConnectionMultiplexer redis)
        : base(redis)
    {
    }

    public virtual async Task Should_claim_find_and_release()
    {
        var bob = Name("bob");
        (await Claim(bob, NodeA, 5)).ShouldBe(new ClaimOutcome.Claimed(null, 1000));
        (await Registry.FindAsync(bob)).ShouldBe(new FindOutcome.Found(new SessionRecord(new SessionOwner(NodeA, 5), 1000, SessionModes.Plain)));
        (await Db.SetMembersAsync(Keys.Node(NodeA))).ShouldBe(["bob"]);
        (await Registry.ReleaseAsync(bob, new SessionOwner(NodeA, 5))).ShouldBeTrue();
        (await Registry.FindAsync(bob)).ShouldBe(new FindOutcome.NotFound());
        (await Db.KeyExistsAsync(Keys.Node(NodeA))).ShouldBeFalse();
    }

    public virtual async Task Should_use_the_key_names_and_fields_of_the_design()
    {
        await Claim(Name("bob"), NodeA, 5);
        (await Db.HashGetAllAsync(Prefix + "session:bob")).ToDictionary(e => e.Name.ToString(), e => e.Value.ToString()).ShouldBe(new Dictionary<string, string>
        {
            ["node"] = "a:1#11",
            ["connection"] = "5",
            ["since"] = "1000",
            ["mode"] = "plain",
        }, ignoreOrder: true);
        await Registry.AttendAsync(NodeA);
        (await Db.SetMembersAsync(Prefix + "nodes")).ShouldBe(["a:1#11"]);
        (await Db.SetMembersAsync(Prefix + "node:a:1#11")).ShouldBe(["bob"]);
    }

    public virtual async Task Should_remember_the_last_events_of_a_session()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        await Claim(bob, NodeB, 6);
        await Registry.CleanUpAsync(NodeB, term: 1);
        await Claim(bob, NodeA, 7);
        await Registry.ReleaseAsync(bob, new SessionOwner(NodeA, 7));
        await Registry.ReleaseAsync(bob, new SessionOwner(NodeA, 7));

        var events = await Registry.EventsAsync(bob);

        events.Select(e => e.What).ShouldBe([SessionEvent.Released, SessionEvent.Claimed, SessionEvent.Cleaned, SessionEvent.Replaced, SessionEvent.Claimed]);
        events[3].Details.ShouldBe("a:1 connection 5 by b:2 connection 6");
        events.ShouldAllBe(e => Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - e.Time) < 60_000);
        (await Db.KeyTimeToLiveAsync(Keys.Events(bob)))!.Value.ShouldBeInRange(EventsAge - TimeSpan.FromMinutes(2), EventsAge);
        for (var i = 0; i < SessionEventLog.EventsKept; i++)
            await Claim(bob, i % 2 == 0 ? NodeA : NodeB, 10 + i);
        (await Registry.EventsAsync(bob)).Count.ShouldBe(SessionEventLog.EventsKept);
    }

    public virtual async Task Should_write_no_events_where_they_are_off()
    {
        var registry = new RedisSessionRegistry(Db.Multiplexer, Keys, eventsAge: null);
        (registry.EventsAge, Registry.EventsAge).ShouldBe((null, EventsAge));
        await registry.ClaimAsync(Name("bob"), new SessionOwner(NodeA, 5), 1000, SessionModes.Plain, ClaimPolicy.Replace);
        await registry.CleanUpAsync(NodeA, term: 1);

        // What another member with an age writes comes behind what this one would have written.
        await Claim(Name("carol"), NodeB, 6);
        (await registry.EventsAsync(Name("carol"))).Count.ShouldBe(1);
        (await registry.EventsAsync(Name("bob"))).ShouldBeEmpty();
    }

    public virtual async Task Should_give_the_previous_owner_when_it_replaces()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        (await Claim(bob, NodeB, 6)).ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(NodeA, 5), 1001));
    }

    public virtual async Task Should_record_a_second_login_on_the_same_connection_as_later_and_a_restored_session_as_before()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        (await Claim(bob, NodeA, 5)).ShouldBe(new ClaimOutcome.Claimed(null, 1001));
        (await Claim(bob, NodeA, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1001));
    }

    public virtual async Task Should_not_touch_a_session_that_was_claimed_elsewhere_when_the_old_one_is_released()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        await Claim(bob, NodeB, 6);
        await Registry.ReleaseAsync(bob, new SessionOwner(NodeA, 5));
        (await Owner(bob)).ShouldBe(new SessionOwner(NodeB, 6));
    }

    public virtual async Task Should_not_touch_a_later_connection_of_the_same_node()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        await Claim(bob, NodeA, 6);
        await Registry.ReleaseAsync(bob, new SessionOwner(NodeA, 5));
        (await Owner(bob)).ShouldBe(new SessionOwner(NodeA, 6));
        (await Registry.CleanUpAsync(NodeA, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(1), "clean-up still finds the user");
    }

    public virtual async Task Should_refuse_a_second_login_unless_its_holder_is_gone()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        (await Claim(bob, NodeB, 6, ClaimPolicy.RefuseUnless(null))).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(NodeA, 5)));
        (await Owner(bob)).ShouldBe(new SessionOwner(NodeA, 5));
        (await Db.KeyExistsAsync(Keys.Node(NodeB))).ShouldBeFalse();
        (await Claim(bob, NodeA, 7, ClaimPolicy.RefuseUnless(null))).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(NodeA, 5)));
        (await Db.SetMembersAsync(Keys.Node(NodeA))).ShouldBe(["bob"], "clean-up still finds the user");
        (await Claim(bob, NodeB, 6, ClaimPolicy.RefuseUnless(NodeA))).ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(NodeA, 5), 1001));
    }

    public virtual async Task Should_go_on_when_the_server_forgot_the_scripts()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        await Db.ExecuteAsync("SCRIPT", "FLUSH");
        (await Claim(bob, NodeA, 6)).ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(NodeA, 5), 1001));
    }

    public virtual async Task Should_run_each_script_whole()
    {
        // Where another's commands come between those of a script, a claim finds half a session.
        var bob = Name("bob");
        async Task<List<ClaimOutcome>> ClaimAndRelease(NodeId node)
        {
            List<ClaimOutcome> outcomes = [];
            for (var i = 1; i <= 1500; i++)
            {
                outcomes.Add(await Claim(bob, node, i));
                await Registry.ReleaseAsync(bob, new SessionOwner(node, i));
            }

            return outcomes;
        }

        var all = await Task.WhenAll(ClaimAndRelease(NodeA), ClaimAndRelease(NodeB));
        var others = all.SelectMany(o => o).Where(o => o is not ClaimOutcome.Claimed).ToList();

        // Garnet gives up a script now and then where two wait for one key: nothing was done, and the client tries again.
        others.RemoveAll(o => o is ClaimOutcome.Unavailable { Reason: "ERR Lua encountered an error: Unexpected Lua error" });

        // The other one claimed and released between a claim and its confirmation.
        others.RemoveAll(o => o is ClaimOutcome.Unavailable { Reason: "the session was gone before it could be confirmed" });
        others.ShouldBeEmpty();
    }

    public virtual async Task Should_restore_a_missing_session_and_leave_a_later_one()
    {
        var bob = Name("bob");
        (await Claim(bob, NodeA, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1000));
        (await Claim(bob, NodeA, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1000));
        (await Registry.ClaimAsync(bob, new SessionOwner(NodeB, 6), 999, SessionModes.Plain, ClaimPolicy.Restore))
            .ShouldBe(new ClaimOutcome.Refused(new SessionOwner(NodeA, 5)));
        (await Registry.ClaimAsync(bob, new SessionOwner(NodeB, 6), 1001, SessionModes.Plain, ClaimPolicy.Restore))
            .ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(NodeA, 5), 1001));
    }

    public virtual async Task Should_leave_one_owner_whatever_claims_and_releases_race()
    {
        var bob = Name("bob");
        var nodes = Enumerable.Range(0, 4).Select(i => new NodeId("n", i + 1, i)).ToList();
        await Task.WhenAll(nodes.Select(async node =>
        {
            for (var i = 0; i < 50; i++)
            {
                await Claim(bob, node, i);
                if (node.Port < 4 || i < 49)
                    await Registry.ReleaseAsync(bob, new SessionOwner(node, i));
            }
        }));

        // Only the last node keeps its last claim; whoever claimed later than that has released it again.
        var owner = await Registry.FindAsync(bob);
        (owner is FindOutcome.NotFound || owner is FindOutcome.Found { Session.Owner: { Node.Port: 4, Connection: 49 } }).ShouldBeTrue();
        foreach (var node in nodes.Take(3))
            (await Db.KeyExistsAsync(Keys.Node(node))).ShouldBeFalse();
    }

    public virtual async Task Should_let_only_a_confirmed_claim_stay()
    {
        var bob = Name("bob");
        await Claim(bob, NodeA, 5);
        (await Db.KeyTimeToLiveAsync(Keys.Session(bob))).ShouldBeNull();

        // As the claim script leaves it, in case its node dies before it looked at its tombstone.
        await ClaimProvisionallyAsync(bob, NodeB, 6);
        (await Db.KeyTimeToLiveAsync(Keys.Session(bob))).ShouldNotBeNull();
        (await Claim(bob, NodeB, 6)).ShouldBe(new ClaimOutcome.Claimed(null, 1002));
        (await Db.KeyTimeToLiveAsync(Keys.Session(bob))).ShouldBeNull();
    }

    public virtual async Task Should_say_that_the_holder_may_be_gone_in_a_moment_when_its_claim_is_not_confirmed()
    {
        var bob = Name("bob");
        await ClaimProvisionallyAsync(bob, NodeB, 6);
        (await Claim(bob, NodeA, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(NodeB, 6), IsProvisional: true));
        await Claim(bob, NodeB, 6);
        (await Claim(bob, NodeA, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(NodeB, 6)));
    }

    public virtual async Task Should_leave_one_of_two_sessions_when_the_clock_of_the_later_ones_node_is_behind()
    {
        var bob = Name("bob");
        var (first, second) = (new SessionOwner(NodeA, 5), new SessionOwner(NodeB, 6));
        await ClaimAsync(bob, first, since: 1500);
        (await ClaimAsync(bob, second, since: 1000)).ShouldBe(new ClaimOutcome.Claimed(first, 1501));
        (await Registry.FindAsync(bob)).ShouldBe(new FindOutcome.Found(new SessionRecord(second, 1501, SessionModes.Plain)));

        // The first node compares before it hears of the second login, and the second one after the registry lost its data.
        (await ClaimAsync(bob, first, since: 1500, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Refused(second));
        await Db.KeyDeleteAsync(Keys.Session(bob));
        (await ClaimAsync(bob, first, since: 1500, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1500));
        (await ClaimAsync(bob, second, since: 1501, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(first, 1501));
    }

    public virtual async Task Should_refuse_a_login_that_waited_when_the_user_logged_in_elsewhere_meanwhile()
    {
        var bob = Name("bob");
        var (waited, other) = (new SessionOwner(NodeA, 5), new SessionOwner(NodeB, 6));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await ClaimAsync(bob, other, now);
        (await ClaimAsync(bob, waited, now - 5000)).ShouldBe(new ClaimOutcome.Refused(other));
        (await Owner(bob)).ShouldBe(other);
        (await Db.KeyExistsAsync(Keys.Node(NodeA))).ShouldBeFalse();
        (await ClaimAsync(bob, waited, now + 1)).ShouldBe(new ClaimOutcome.Claimed(other, now + 1), "this one is the second");
    }

    public virtual async Task Should_let_a_login_in_when_the_user_logged_in_elsewhere_before_it_arrived()
    {
        var bob = Name("bob");
        var (waited, other) = (new SessionOwner(NodeA, 5), new SessionOwner(NodeB, 6));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await ClaimAsync(bob, other, now - 6000);
        (await ClaimAsync(bob, waited, now - 5000)).ShouldBe(new ClaimOutcome.Claimed(other, now - 5000));
        await ClaimAsync(bob, other, now + 3_600_000);
        (await ClaimAsync(bob, waited, now)).ShouldBe(new ClaimOutcome.Claimed(other, now + 3_600_001), "a clock that is an hour ahead locks nobody out");
    }

    public virtual async Task Should_take_a_session_for_free_when_its_holder_cannot_be_read()
    {
        var bob = Name("bob");
        foreach (var (node, connection) in new[] { ("", "5"), ("b", "5"), ("b:2", "5"), ("b:2#", "5"), ("b:2#22", ""), ("b:2#22", "five") })
        {
            foreach (var policy in new[] { ClaimPolicy.Replace, ClaimPolicy.RefuseUnless(null), ClaimPolicy.Restore })
            {
                await Db.HashSetAsync(Keys.Session(bob), [new("node", node), new("connection", connection), new("since", "9999"), new("mode", "plain")]);
                (await Registry.FindAsync(bob)).ShouldBe(new FindOutcome.NotFound(), $"'{node}' '{connection}'");
                (await Claim(bob, NodeA, 5, policy)).ShouldBe(new ClaimOutcome.Claimed(null, 1000), $"'{node}' '{connection}' {policy}");
                (await Owner(bob)).ShouldBe(new SessionOwner(NodeA, 5));
            }
        }

        await Db.HashSetAsync(Keys.Session(bob), [new("node", "b:99999999999#22"), new("connection", "5")]);
        (await Claim(bob, NodeA, 5, ClaimPolicy.RefuseUnless(null))).ShouldBeOfType<ClaimOutcome.Unavailable>()
            .Reason.ShouldBe($"the session in the key {Prefix}session:bob has an unreadable holder, 'b:99999999999#22' '5': delete the key");
    }

    public virtual async Task Should_not_touch_a_session_when_the_claim_is_abandoned()
    {
        var bob = Name("bob");
        await Claim(bob, NodeB, 6);
        (await Registry.ClaimAsync(bob, new SessionOwner(NodeA, 5), 1000, SessionModes.Plain, ClaimPolicy.Replace, new CancellationToken(canceled: true)))
            .ShouldBe(new ClaimOutcome.Abandoned());
        (await Owner(bob)).ShouldBe(new SessionOwner(NodeB, 6));
        await Registry.ReleaseAsync(bob, new SessionOwner(NodeA, 5));
        (await Db.KeyExistsAsync(Keys.Node(NodeA))).ShouldBeFalse();
    }
}
