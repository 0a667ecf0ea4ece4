using ChatAkka.Node.Connections;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Sessions.SessionMessage;

namespace ChatAkka.Node.Tests;

/// <summary>Releases that Redis does not take, and sessions that are claimed again.</summary>
public class RegistrarSpecs : RegistrarKit
{
    [Fact]
    public async Task Should_not_let_a_late_release_end_a_later_claim_of_the_same_connection()
    {
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Unavailable("away"));
        Registry.OnRelease = _ => Task.FromResult(false);

        // The first claim's answer is lost, and what it may have left cannot be released either.
        var first = Claim(Bob, 5);
        ExpectMsg<ClaimResult>().Error.ShouldBe(ErrorCode.RegistryUnavailable);
        await Eventually.TrueAsync(() => Registry.Releases.Any(), "the first is to be released");

        // The next claim comes through before the release does.
        Registry.OnClaim = c => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Claimed(null, c.Since));
        Claim(new LocalSession(Bob, first.Connection, first.Format));
        await SettleAsync();
        Retry();
        ExpectMsg<ClaimResult>().Error.ShouldBe(ErrorCode.None);
        ExpectIdle();
        Registry.Calls[^1].ShouldBeOfType<ScriptedRegistry.Claim>("the session that holds is not released");
    }

    [Fact]
    public async Task Should_try_a_release_again_when_its_session_got_a_chat_meanwhile()
    {
        var session = LogIn(Bob, 5);
        Registry.OnRelease = _ => Task.FromResult(false);
        Release(session);
        await SettleAsync();
        session.TryDeliver(TestChats.Chat("alice", "bob", "hi", 1, "id1")).ShouldBeTrue();
        session.Since++;
        Registry.OnRelease = _ => Task.FromResult(true);
        Retry();
        ExpectIdle();
        Registry.Releases.Count().ShouldBe(2);
    }

    [Fact]
    public async Task Should_try_the_releases_of_two_users_again_when_one_connection_left_both()
    {
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Unavailable("away"));
        Registry.OnRelease = _ => Task.FromResult(false);
        Claim(Bob, 5);
        Claim(UserName.TryCreate("alice")!, 5);
        ExpectMsg<ClaimResult>();
        ExpectMsg<ClaimResult>();
        await SettleAsync();
        Registry.OnRelease = _ => Task.FromResult(true);
        Retry();
        ExpectIdle();
        Registry.Releases.Count().ShouldBe(4);
    }

    [Fact]
    public async Task Should_not_claim_a_session_again_when_it_was_released_before_its_turn()
    {
        var session = LogIn(Bob, 5);
        Registry.OnClaim = Stalled;
        Registry.Attend = new AttendOutcome.Added();
        await AttendAsync();
        Registry.Claims.Count().ShouldBe(2);

        // The release has not begun, so the session still lives; what is claimed again once more comes behind it.
        Release(session);
        await AttendAsync();
        EndStall();
        ExpectIdle();
        Registry.Calls[^1].ShouldBeOfType<ScriptedRegistry.Release>("nothing may stand there after it");
    }

    [Fact]
    public async Task Should_claim_so_many_sessions_again_at_a_time_when_the_registry_lost_its_data_twice()
    {
        var all = Enumerable.Range(0, 3 * AtOnce).Select(i => LogIn(UserName.TryCreate($"u{i}")!, i)).ToList();
        Registry.OnClaim = Stalled;
        Registry.Attend = new AttendOutcome.Added();
        await AttendAsync();
        await AttendAsync();
        Registry.Claims.Count().ShouldBe(all.Count + AtOnce);
        Registry.Attend = new AttendOutcome.Known();
        EndStall();
        await Eventually.TrueAsync(
            () => Registry.Claims.Skip(all.Count).Select(c => c.User).Distinct().Count() == all.Count, "each is claimed again");
        ExpectIdle();
    }

    [Fact]
    public async Task Should_claim_sessions_again_when_many_were_replaced_before_their_turn()
    {
        var users = Enumerable.Range(0, AtOnce).Select(i => UserName.TryCreate($"u{i}")!).ToList();
        users.ForEach(u => LogIn(u, 5));
        Registry.OnClaim = Stalled;
        users.ForEach(u => Claim(u, 6));
        Registry.Attend = new AttendOutcome.Added();
        await AttendAsync();
        EndStall();
        ReceiveN(2 * AtOnce).OfType<CloseConnection>().Count().ShouldBe(AtOnce);
        await AttendAsync();
        ExpectIdle();
        Registry.Claims.Count(c => c.Policy == ClaimPolicy.Restore).ShouldBe(AtOnce);
        Registry.Claims.ShouldAllBe(c => c.Policy == ClaimPolicy.Replace || c.Connection == 6);
    }

    [Fact]
    public async Task Should_claim_again_with_the_time_that_the_registry_gave_the_session()
    {
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Claimed(null, 2001));
        LogIn(Bob, 5);
        Registry.Attend = new AttendOutcome.Added();
        await AttendAsync();
        ExpectIdle();
        Registry.Claims.Select(c => c.Since).ShouldBe([1000, 2001]);
        Registry.Claims.Last().Policy.ShouldBe(ClaimPolicy.Restore);
    }

    [Fact]
    public async Task Should_tell_the_other_node_when_a_session_that_is_claimed_again_takes_the_place_of_an_older_one()
    {
        var link = LinkToOther();
        LogIn(Bob, 5);
        Registry.OnClaim = c => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Claimed(new SessionOwner(Other, 9), c.Since));
        Registry.Attend = new AttendOutcome.Added();
        await AttendAsync();
        ExpectIdle();
        Replaced(link).ShouldBe([(9, Bob)]);
    }

    [Fact]
    public async Task Should_tell_a_session_that_it_was_replaced_when_a_later_one_stands_where_it_is_claimed_again()
    {
        LogIn(Bob, 5);
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Refused(new SessionOwner(Other, 9)));
        Registry.Attend = new AttendOutcome.Added();
        await AttendAsync();
        ExpectMsg<CloseConnection>().Reason.ShouldBe(ErrorCode.Replaced);
        ExpectIdle();
    }

    [Fact]
    public async Task Should_let_a_session_read_its_mailbox_again_when_the_registry_had_lost_it()
    {
        LogIn(Bob, 5);
        Registry.Find = new FindOutcome.NotFound();
        Registry.OnClaim = c => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Claimed(null, c.Since));
        for (var i = 0; i < SessionTable.TurnsPerRound; i++)
            await AttendAsync();
        FishForMessage<MailboxNudge>(_ => true).ShouldBe(new MailboxNudge("bob", 5));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Should_leave_a_session_alone_when_what_stands_in_its_place_may_be_gone_in_a_moment(bool here, bool isProvisional)
    {
        // A login elsewhere that is not confirmed yet, or one here whose connection closed and that is still to be released.
        var holder = new SessionOwner(here ? Self : Other, 9);
        IgnoreMessages(m => m is MailboxNudge);
        LogIn(Bob, 5);
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Refused(holder, isProvisional));
        Registry.Find = new FindOutcome.Found(new SessionRecord(holder, 2000, SessionModes.Plain));
        await AttendAsync();
        Registry.Find = new FindOutcome.NotFound();
        Registry.OnClaim = c => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Claimed(null, c.Since));
        for (var i = 0; i < SessionTable.TurnsPerRound; i++)
            await AttendAsync();
        ExpectIdle();
        Registry.Claims.Count().ShouldBeGreaterThan(2, "it is claimed again when the other is gone");
    }
}
