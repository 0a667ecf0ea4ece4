using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Sessions;
using static ChatAkka.Node.Sessions.SessionMessage;

namespace ChatAkka.Node.Tests;

/// <summary>Logins while the registry stalls, and what they replace.</summary>
public class RegistrarLoginSpecs : RegistrarKit
{
    [Fact]
    public void Should_tell_the_other_node_when_a_login_takes_the_place_of_its_session()
    {
        var link = LinkToOther();
        Registry.OnClaim = c => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Claimed(new SessionOwner(Other, 9), c.Since));
        LogIn(Bob, 5);
        ExpectIdle();
        Replaced(link).ShouldBe([(9, Bob)]);
    }

    [Fact]
    public void Should_answer_a_login_before_any_chat_can_reach_the_session()
    {
        var session = Session(Bob, 5);
        var reachable = new List<bool>();
        session.Connection.Outbound.TryTake(out _);
        session.Connection.Outbound.Attach(() => reachable.Add(Routes.FindLocal(Bob) is not null), () => { });
        Claim(session);
        ExpectMsg<ClaimResult>().ReadsMailbox.ShouldBeFalse();
        reachable.ShouldBe([false], "when the answer was written");
        Routes.FindLocal(Bob).ShouldBe(session);
        session.Connection.Outbound.TryTake(out var bytes).ShouldBe(Outbound.Take.Bytes);
        Encoding.UTF8.GetString(bytes.Span).ShouldBe("""{"ok":"login","name":"bob","node":"n:1","waiting":0}""" + "\n");
    }

    [Fact]
    public void Should_let_no_chat_reach_a_session_and_not_answer_its_login_when_the_mailbox_is_read_first()
    {
        var older = LogIn(Bob, 5);
        var session = Claim(Session(Bob, 6, acks: true));
        ExpectMsg<CloseConnection>().Reason.ShouldBe(ErrorCode.Replaced);
        ExpectMsg<ClaimResult>().ReadsMailbox.ShouldBeTrue();
        Routes.FindLocal(Bob).ShouldBeNull("neither the older session nor the one that has to read its mailbox");
        session.Connection.Outbound.Waiting.ShouldBe(0);
        older.ShouldNotBeSameAs(session);
    }

    [Fact]
    public async Task Should_claim_with_the_time_at_which_the_login_arrived_when_it_waited()
    {
        var others = await FillAsync();
        Claim(Bob, 500, arrived: 777);
        await EndStallAsync(others + 1);
        Registry.Claims.Last().ShouldSatisfyAllConditions(c => c.User.ShouldBe(Bob), c => c.Since.ShouldBe(777));
    }

    [Fact]
    public async Task Should_not_ask_for_a_login_when_its_connection_closed_while_it_waited_for_others()
    {
        var others = await FillAsync();
        var gone = Enumerable.Range(500, 3 * AtOnce).Select(i => Claim(UserName.TryCreate($"gone{i}")!, i)).ToList();
        Claim(Bob, 1000);
        gone.ForEach(Release);
        await EndStallAsync(others + 1);
        Registry.Claims.Count().ShouldBe(others + 1);
        Registry.Claims.Last().User.ShouldBe(Bob);
        Registry.Releases.ShouldBeEmpty("nothing was claimed");
    }

    [Fact]
    public async Task Should_not_ask_for_a_login_when_its_connection_closed_behind_another_login_of_the_user()
    {
        Registry.OnClaim = Stalled;
        Claim(Bob, 5);
        var gone = Claim(Bob, 6);
        Claim(Bob, 7);
        Release(gone);
        await EndStallAsync(1);
        ExpectMsg<CloseConnection>().Reason.ShouldBe(ErrorCode.Replaced);
        ExpectMsg<ClaimResult>();
        ExpectIdle();
        Registry.Calls.Select(c => c.Connection).ShouldBe([5, 7]);
    }

    [Fact]
    public async Task Should_go_on_with_the_next_login_of_a_user_when_the_first_is_gone()
    {
        var others = await FillAsync();
        var gone = Claim(Bob, 500);
        Claim(Bob, 501);
        Release(gone);
        await EndStallAsync(others + 1);
        Registry.Claims.Last().Connection.ShouldBe(501);
        ExpectIdle();
    }

    [Fact]
    public async Task Should_abandon_a_login_when_its_connection_closes_while_the_registry_is_asked()
    {
        Registry.OnClaim = async c =>
        {
            await StallAsync();
            return c.Abandoned.IsCancellationRequested ? new ClaimOutcome.Abandoned() : new ClaimOutcome.Claimed(null, c.Since);
        };
        Release(Claim(Bob, 5));
        await SettleAsync();
        EndStall();
        ExpectIdle();
        Registry.Calls.Select(c => c.GetType()).ShouldBe([typeof(ScriptedRegistry.Claim), typeof(ScriptedRegistry.Release)], "the node's set may name the user");
    }

    [Fact]
    public async Task Should_replace_nobody_here_when_the_connection_of_a_login_closed_before_its_claim_was_done()
    {
        var older = LogIn(Bob, 5);
        Registry.OnClaim = async c =>
        {
            await (c.Connection == 6 ? StallAsync() : Task.CompletedTask);
            return new ClaimOutcome.Claimed(c.Connection == 6 ? new SessionOwner(Self, 5) : null, c.Since);
        };
        Release(Claim(Bob, 6));
        await SettleAsync();
        EndStall();
        ExpectIdle();
        Routes.FindLocal(Bob).ShouldBe(older);
        Registry.Calls.Skip(2).Select(c => (c.GetType().Name, c.Connection)).ShouldBe([("Release", 6), ("Claim", 5)], "the older one is put back at once");
        Registry.Claims.Last().Policy.ShouldBe(ClaimPolicy.Restore);
    }

    [Fact]
    public async Task Should_replace_nobody_elsewhere_when_the_connection_of_a_login_closed_before_its_claim_was_done()
    {
        var link = LinkToOther();
        Registry.OnClaim = async c =>
        {
            await StallAsync();
            return new ClaimOutcome.Claimed(new SessionOwner(Other, 9), c.Since);
        };
        Release(Claim(Bob, 5));
        await SettleAsync();
        EndStall();
        ExpectIdle();
        Replaced(link).ShouldBeEmpty();
        Routes.FindLocal(Bob).ShouldBeNull();
        Registry.Calls[^1].ShouldBeOfType<ScriptedRegistry.Release>();
    }

    [Fact]
    public void Should_tell_a_login_that_it_was_replaced_when_it_waited_and_the_user_logged_in_elsewhere_after_it()
    {
        LinkToOther();
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Refused(new SessionOwner(Other, 9)));
        Claim(Bob, 5);
        ExpectMsg<CloseConnection>().Reason.ShouldBe(ErrorCode.Replaced);
        ExpectIdle();
    }

    [Fact]
    public void Should_let_a_login_that_waited_in_when_the_node_of_the_later_one_is_gone()
    {
        Registry.OnClaim = c => Task.FromResult<ClaimOutcome>(
            c.Policy == ClaimPolicy.Replace ? new ClaimOutcome.Refused(new SessionOwner(Other, 9)) : new ClaimOutcome.Claimed(new SessionOwner(Other, 9), c.Since));
        LogIn(Bob, 5);
        ExpectIdle();
        Registry.Claims.Last().Policy.ShouldBe(ClaimPolicy.RefuseUnless(Other));
    }

    /// <summary>As many logins as may ask at a time ask, and are not answered.</summary>
    private async Task<int> FillAsync()
    {
        Registry.OnClaim = Stalled;
        for (var i = 0; i < AtOnce; i++)
            Claim(UserName.TryCreate($"u{i}")!, i);
        await SettleAsync();
        Registry.Claims.Count().ShouldBe(AtOnce);
        return AtOnce;
    }

    private async Task EndStallAsync(int answers)
    {
        await SettleAsync();
        EndStall();
        for (var i = 0; i < answers; i++)
            ExpectMsg<ClaimResult>(TestSupport.Eventually.Limit).Error.ShouldBe(ErrorCode.None);
    }
}
