using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>What every store under the session registry must do. One run per store.</summary>
public abstract class SessionRegistryContract
{
    private static readonly NodeId s_a = new("a", 1, 11);
    private static readonly NodeId s_b = new("b", 2, 22);
    private readonly string _prefix = $"test-{Guid.NewGuid():N}:";
    private readonly RedisKeys _keys;
    private readonly RedisSessionRegistry _registry;

    /// <summary>Makes the tests run on a store.</summary>
    protected SessionRegistryContract(IConnectionMultiplexer redis)
    {
        Db = redis.GetDatabase();
        _keys = new RedisKeys(_prefix);
        _registry = new RedisSessionRegistry(redis, _keys);
    }

    private IDatabase Db { get; }

    public virtual async Task Should_claim_find_and_release()
    {
        var bob = Name("bob");
        (await Claim(bob, s_a, 5)).ShouldBe(new ClaimOutcome.Claimed(null, 1000));
        (await _registry.FindAsync(bob)).ShouldBe(new FindOutcome.Found(new SessionRecord(new SessionOwner(s_a, 5), 1000, SessionModes.Plain)));
        (await Db.SetMembersAsync(_keys.Node(s_a))).ShouldBe(["bob"]);
        (await _registry.ReleaseAsync(bob, new SessionOwner(s_a, 5))).ShouldBeTrue();
        (await _registry.FindAsync(bob)).ShouldBe(new FindOutcome.NotFound());
        (await Db.KeyExistsAsync(_keys.Node(s_a))).ShouldBeFalse();
    }

    public virtual async Task Should_use_the_key_names_and_fields_of_the_design()
    {
        await Claim(Name("bob"), s_a, 5);
        (await Db.HashGetAllAsync(_prefix + "session:bob")).ToDictionary(e => e.Name.ToString(), e => e.Value.ToString()).ShouldBe(new Dictionary<string, string>
        {
            ["node"] = "a:1#11",
            ["connection"] = "5",
            ["since"] = "1000",
            ["mode"] = "plain",
        }, ignoreOrder: true);
        await _registry.AttendAsync(s_a);
        (await Db.SetMembersAsync(_prefix + "nodes")).ShouldBe(["a:1#11"]);
        (await Db.SetMembersAsync(_prefix + "node:a:1#11")).ShouldBe(["bob"]);
    }

    public virtual async Task Should_remember_the_last_events_of_a_session()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        await Claim(bob, s_b, 6);
        await _registry.CleanUpAsync(s_b, term: 1);
        await Claim(bob, s_a, 7);
        await _registry.ReleaseAsync(bob, new SessionOwner(s_a, 7));
        await _registry.ReleaseAsync(bob, new SessionOwner(s_a, 7));

        var events = await _registry.EventsAsync(bob);

        events.Select(e => e.What).ShouldBe([SessionEvent.Released, SessionEvent.Claimed, SessionEvent.Cleaned, SessionEvent.Replaced, SessionEvent.Claimed]);
        events[3].Details.ShouldBe("a:1 connection 5 by b:2 connection 6");
        events.ShouldAllBe(e => Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - e.Time) < 60_000);
        (await Db.KeyTimeToLiveAsync(_keys.Events(bob))).ShouldNotBeNull();
        for (var i = 0; i < SessionEventLog.EventsKept; i++)
            await Claim(bob, i % 2 == 0 ? s_a : s_b, 10 + i);
        (await _registry.EventsAsync(bob)).Count.ShouldBe(SessionEventLog.EventsKept);
    }

    public virtual async Task Should_give_the_previous_owner_when_it_replaces()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        (await Claim(bob, s_b, 6)).ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(s_a, 5), 1001));
    }

    public virtual async Task Should_record_a_second_login_on_the_same_connection_as_later_and_a_restored_session_as_before()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        (await Claim(bob, s_a, 5)).ShouldBe(new ClaimOutcome.Claimed(null, 1001));
        (await Claim(bob, s_a, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1001));
    }

    public virtual async Task Should_not_touch_a_session_that_was_claimed_elsewhere_when_the_old_one_is_released()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        await Claim(bob, s_b, 6);
        await _registry.ReleaseAsync(bob, new SessionOwner(s_a, 5));
        (await Owner(bob)).ShouldBe(new SessionOwner(s_b, 6));
    }

    public virtual async Task Should_not_touch_a_later_connection_of_the_same_node()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        await Claim(bob, s_a, 6);
        await _registry.ReleaseAsync(bob, new SessionOwner(s_a, 5));
        (await Owner(bob)).ShouldBe(new SessionOwner(s_a, 6));
        (await _registry.CleanUpAsync(s_a, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(1), "clean-up still finds the user");
    }

    public virtual async Task Should_refuse_a_second_login_unless_its_holder_is_gone()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        (await Claim(bob, s_b, 6, ClaimPolicy.RefuseUnless(null))).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(s_a, 5)));
        (await Owner(bob)).ShouldBe(new SessionOwner(s_a, 5));
        (await Db.KeyExistsAsync(_keys.Node(s_b))).ShouldBeFalse();
        (await Claim(bob, s_a, 7, ClaimPolicy.RefuseUnless(null))).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(s_a, 5)));
        (await Db.SetMembersAsync(_keys.Node(s_a))).ShouldBe(["bob"], "clean-up still finds the user");
        (await Claim(bob, s_b, 6, ClaimPolicy.RefuseUnless(s_a))).ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(s_a, 5), 1001));
    }

    public virtual async Task Should_delete_what_a_dead_node_holds_and_nothing_else()
    {
        for (var i = 0; i < 1200; i++)
            await Claim(Name($"u{i}"), s_a, i);
        await Claim(Name("u7"), s_b, 1);
        await _registry.AttendAsync(s_a);
        (await _registry.CleanUpAsync(s_a, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(1199));
        (await _registry.FindAsync(Name("u8"))).ShouldBe(new FindOutcome.NotFound());
        (await Owner(Name("u7"))).ShouldBe(new SessionOwner(s_b, 1));
        (await _registry.NodesAsync()).ShouldBeEmpty();
        (await Db.KeyExistsAsync(_keys.Node(s_a))).ShouldBeFalse();
        (await _registry.CleanUpAsync(s_a, term: 1)).ShouldBe(new CleanUpOutcome.Cleaned(0));
    }

    public virtual async Task Should_let_a_dead_node_claim_nothing()
    {
        await _registry.CleanUpAsync(s_a, term: 1);
        (await Claim(Name("bob"), s_a, 5)).ShouldBe(new ClaimOutcome.Fenced());
        (await _registry.FindAsync(Name("bob"))).ShouldBe(new FindOutcome.NotFound());
        (await Db.KeyExistsAsync(_keys.Node(s_a))).ShouldBeFalse();
    }

    public virtual async Task Should_not_let_a_relay_out_of_office_declare_anybody_dead()
    {
        var old = await _registry.NextTermAsync(100);
        var acting = await _registry.NextTermAsync(50);
        acting.ShouldBeGreaterThan(old);
        await Claim(Name("bob"), s_a, 5);
        (await _registry.CleanUpAsync(s_a, old)).ShouldBe(new CleanUpOutcome.Superseded(acting));
        (await Owner(Name("bob"))).ShouldBe(new SessionOwner(s_a, 5));
        (await _registry.CleanUpAsync(s_a, acting)).ShouldBe(new CleanUpOutcome.Cleaned(1));
    }

    public virtual async Task Should_draw_rising_terms_also_when_the_data_is_lost()
    {
        var first = await _registry.NextTermAsync(1_800_000_000_000);
        first.ShouldBe(1_800_000_000_000);
        (await _registry.NextTermAsync(1_800_000_000_000)).ShouldBe(first + 1);
        await Db.KeyDeleteAsync(_keys.RelayTerm);
        (await _registry.NextTermAsync(1_800_000_000_500)).ShouldBe(1_800_000_000_500);
    }

    public virtual async Task Should_go_on_when_the_server_forgot_the_scripts()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        await Db.ExecuteAsync("SCRIPT", "FLUSH");
        (await Claim(bob, s_a, 6)).ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(s_a, 5), 1001));
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
                await _registry.ReleaseAsync(bob, new SessionOwner(node, i));
            }

            return outcomes;
        }

        var all = await Task.WhenAll(ClaimAndRelease(s_a), ClaimAndRelease(s_b));
        var others = all.SelectMany(o => o).Where(o => o is not ClaimOutcome.Claimed).ToList();

        // Garnet gives up a script now and then where two wait for one key: nothing was done, and the client tries again.
        others.RemoveAll(o => o is ClaimOutcome.Unavailable { Reason: "ERR Lua encountered an error: Unexpected Lua error" });

        // The other one claimed and released between a claim and its confirmation.
        others.RemoveAll(o => o is ClaimOutcome.Unavailable { Reason: "the session was gone before it could be confirmed" });
        others.ShouldBeEmpty();
    }

    public virtual async Task Should_tell_a_node_when_it_is_new_known_or_dead()
    {
        (await _registry.AttendAsync(s_a)).ShouldBe(new AttendOutcome.Added());
        (await _registry.AttendAsync(s_a)).ShouldBe(new AttendOutcome.Known());
        await _registry.CleanUpAsync(s_a, term: 1);
        (await _registry.AttendAsync(s_a)).ShouldBe(new AttendOutcome.Fenced());
        (await _registry.NodesAsync()).ShouldBeEmpty();
    }

    public virtual async Task Should_take_a_node_off_the_list_when_it_leaves_without_sessions()
    {
        await _registry.AttendAsync(s_a);
        await Claim(Name("bob"), s_a, 5);
        await _registry.RemoveNodeAsync(s_a);
        (await _registry.NodesAsync()).ShouldBe([s_a]);
        await _registry.ReleaseAsync(Name("bob"), new SessionOwner(s_a, 5));
        await _registry.RemoveNodeAsync(s_a);
        (await _registry.NodesAsync()).ShouldBeEmpty();
    }

    public virtual async Task Should_delete_the_mark_of_one_former_mailbox_when_it_was_taken_over()
    {
        var (bob, carol) = (_keys.Waiting(Name("bob")), _keys.Waiting(Name("carol")));
        await Db.StringSetAsync(bob, "holder");
        await Db.StringSetAsync(carol, "holder");
        await new RedisMailboxStore(Db.Multiplexer, _keys).ForgetMarkAsync(Name("bob"));
        (await Db.KeyExistsAsync(bob)).ShouldBeFalse();
        (await Db.KeyExistsAsync(carol)).ShouldBeTrue();
    }

    public virtual async Task Should_restore_a_missing_session_and_leave_a_later_one()
    {
        var bob = Name("bob");
        (await Claim(bob, s_a, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1000));
        (await Claim(bob, s_a, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1000));
        (await _registry.ClaimAsync(bob, new SessionOwner(s_b, 6), 999, SessionModes.Plain, ClaimPolicy.Restore))
            .ShouldBe(new ClaimOutcome.Refused(new SessionOwner(s_a, 5)));
        (await _registry.ClaimAsync(bob, new SessionOwner(s_b, 6), 1001, SessionModes.Plain, ClaimPolicy.Restore))
            .ShouldBe(new ClaimOutcome.Claimed(new SessionOwner(s_a, 5), 1001));
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
                    await _registry.ReleaseAsync(bob, new SessionOwner(node, i));
            }
        }));

        // Only the last node keeps its last claim; whoever claimed later than that has released it again.
        var owner = await _registry.FindAsync(bob);
        (owner is FindOutcome.NotFound || owner is FindOutcome.Found { Session.Owner: { Node.Port: 4, Connection: 49 } }).ShouldBeTrue();
        foreach (var node in nodes.Take(3))
            (await Db.KeyExistsAsync(_keys.Node(node))).ShouldBeFalse();
    }

    public virtual async Task Should_not_let_a_dead_node_touch_a_session_that_lives_elsewhere()
    {
        var bob = Name("bob");
        await _registry.CleanUpAsync(s_a, term: 1);
        await Claim(bob, s_b, 6);
        (await Claim(bob, s_a, 5)).ShouldBe(new ClaimOutcome.Fenced());
        (await Claim(bob, s_a, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Fenced());
        (await Owner(bob)).ShouldBe(new SessionOwner(s_b, 6));
    }

    public virtual async Task Should_let_only_a_confirmed_claim_stay()
    {
        var bob = Name("bob");
        await Claim(bob, s_a, 5);
        (await Db.KeyTimeToLiveAsync(_keys.Session(bob))).ShouldBeNull();

        // As the claim script leaves it, in case its node dies before it looked at its tombstone.
        await ClaimProvisionallyAsync(bob, s_b, 6);
        (await Db.KeyTimeToLiveAsync(_keys.Session(bob))).ShouldNotBeNull();
        (await Claim(bob, s_b, 6)).ShouldBe(new ClaimOutcome.Claimed(null, 1002));
        (await Db.KeyTimeToLiveAsync(_keys.Session(bob))).ShouldBeNull();
    }

    public virtual async Task Should_say_that_the_holder_may_be_gone_in_a_moment_when_its_claim_is_not_confirmed()
    {
        var bob = Name("bob");
        await ClaimProvisionallyAsync(bob, s_b, 6);
        (await Claim(bob, s_a, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(s_b, 6), IsProvisional: true));
        await Claim(bob, s_b, 6);
        (await Claim(bob, s_a, 5, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Refused(new SessionOwner(s_b, 6)));
    }

    public virtual async Task Should_leave_one_of_two_sessions_when_the_clock_of_the_later_ones_node_is_behind()
    {
        var bob = Name("bob");
        var (first, second) = (new SessionOwner(s_a, 5), new SessionOwner(s_b, 6));
        await ClaimAsync(bob, first, since: 1500);
        (await ClaimAsync(bob, second, since: 1000)).ShouldBe(new ClaimOutcome.Claimed(first, 1501));
        (await _registry.FindAsync(bob)).ShouldBe(new FindOutcome.Found(new SessionRecord(second, 1501, SessionModes.Plain)));

        // The first node compares before it hears of the second login, and the second one after the registry lost its data.
        (await ClaimAsync(bob, first, since: 1500, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Refused(second));
        await Db.KeyDeleteAsync(_keys.Session(bob));
        (await ClaimAsync(bob, first, since: 1500, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(null, 1500));
        (await ClaimAsync(bob, second, since: 1501, ClaimPolicy.Restore)).ShouldBe(new ClaimOutcome.Claimed(first, 1501));
    }

    public virtual async Task Should_refuse_a_login_that_waited_when_the_user_logged_in_elsewhere_meanwhile()
    {
        var bob = Name("bob");
        var (waited, other) = (new SessionOwner(s_a, 5), new SessionOwner(s_b, 6));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await ClaimAsync(bob, other, now);
        (await ClaimAsync(bob, waited, now - 5000)).ShouldBe(new ClaimOutcome.Refused(other));
        (await Owner(bob)).ShouldBe(other);
        (await Db.KeyExistsAsync(_keys.Node(s_a))).ShouldBeFalse();
        (await ClaimAsync(bob, waited, now + 1)).ShouldBe(new ClaimOutcome.Claimed(other, now + 1), "this one is the second");
    }

    public virtual async Task Should_let_a_login_in_when_the_user_logged_in_elsewhere_before_it_arrived()
    {
        var bob = Name("bob");
        var (waited, other) = (new SessionOwner(s_a, 5), new SessionOwner(s_b, 6));
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
                await Db.HashSetAsync(_keys.Session(bob), [new("node", node), new("connection", connection), new("since", "9999"), new("mode", "plain")]);
                (await _registry.FindAsync(bob)).ShouldBe(new FindOutcome.NotFound(), $"'{node}' '{connection}'");
                (await Claim(bob, s_a, 5, policy)).ShouldBe(new ClaimOutcome.Claimed(null, 1000), $"'{node}' '{connection}' {policy}");
                (await Owner(bob)).ShouldBe(new SessionOwner(s_a, 5));
            }
        }

        await Db.HashSetAsync(_keys.Session(bob), [new("node", "b:99999999999#22"), new("connection", "5")]);
        (await Claim(bob, s_a, 5, ClaimPolicy.RefuseUnless(null))).ShouldBeOfType<ClaimOutcome.Unavailable>()
            .Reason.ShouldBe($"the session in the key {_prefix}session:bob has an unreadable holder, 'b:99999999999#22' '5': delete the key");
    }

    public virtual async Task Should_not_touch_a_session_when_the_claim_is_abandoned()
    {
        var bob = Name("bob");
        await Claim(bob, s_b, 6);
        (await _registry.ClaimAsync(bob, new SessionOwner(s_a, 5), 1000, SessionModes.Plain, ClaimPolicy.Replace, new CancellationToken(canceled: true)))
            .ShouldBe(new ClaimOutcome.Abandoned());
        (await Owner(bob)).ShouldBe(new SessionOwner(s_b, 6));
        await _registry.ReleaseAsync(bob, new SessionOwner(s_a, 5));
        (await Db.KeyExistsAsync(_keys.Node(s_a))).ShouldBeFalse();
    }

    public virtual async Task Should_let_one_found_a_cluster_while_none_lives()
    {
        var directory = new RedisClusterDirectory(Db.Multiplexer, _keys);
        var founded = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => directory.TryFoundAsync($"h:{i}")));
        founded.Count(f => f).ShouldBe(1);
        var founder = $"h:{founded.ToList().IndexOf(true) + 1}";
        await _registry.AttendAsync(s_a);
        (await directory.LookAsync("x:1")).ShouldBeOfType<DirectoryOutcome.Known>().Members.ShouldBe([s_a.Address, founder]);
        (await directory.LookAsync(founder)).ShouldBeOfType<DirectoryOutcome.Known>().Members.ShouldBe([s_a.Address]);

        // Another member spoke later: the founder that leaves does not end the cluster.
        await directory.ConfirmAsync("h:9");
        await directory.LeaveAsync(founder);
        (await directory.TryFoundAsync("x:1")).ShouldBeFalse();
        await directory.LeaveAsync("h:9");
        (await directory.TryFoundAsync("x:1")).ShouldBeTrue();
        (await Db.KeyTimeToLiveAsync(_keys.Cluster))!.Value.ShouldBeLessThanOrEqualTo(RedisClusterDirectory.Age);
    }

    private static UserName Name(string name) => UserName.TryCreate(name)!;

    private Task<ClaimOutcome> Claim(UserName user, NodeId node, long connection, ClaimPolicy? policy = null) =>
        ClaimAsync(user, new SessionOwner(node, connection), since: 1000, policy);

    private Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, ClaimPolicy? policy = null) =>
        _registry.ClaimAsync(user, owner, since, SessionModes.Plain, policy ?? ClaimPolicy.Replace);

    private Task ClaimProvisionallyAsync(UserName user, NodeId node, long connection) => Db.ScriptEvaluateAsync(
        RedisScripts.Claim, [_keys.Session(user)], [node.ToString(), connection, 1000, "plain", "replace", "", 60_000, 1000, 1000]);

    private async Task<SessionOwner> Owner(UserName user) => (await _registry.FindAsync(user)).ShouldBeOfType<FindOutcome.Found>().Session.Owner;
}
