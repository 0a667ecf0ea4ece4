using ChatAkka.Protocol;
using ChatAkka.Sessions;
using static ChatAkka.Node.Sessions.SessionMessage;

namespace ChatAkka.Node.Tests;

/// <summary>Logins where a second one is refused.</summary>
public class RegistrarRefusalSpecs() : RegistrarKit(refuses: true)
{
    [Fact]
    public async Task Should_let_a_user_in_when_only_what_this_node_has_not_released_yet_stands_in_the_way()
    {
        var isReleased = false;
        var left = await LeaveBehindAsync();
        Registry.OnClaim = c => Task.FromResult<ClaimOutcome>(
            isReleased ? new ClaimOutcome.Claimed(null, c.Since) : new ClaimOutcome.Refused(new SessionOwner(Self, left)));
        Registry.OnRelease = _ => Task.FromResult(isReleased = true);
        Claim(Bob, 6);
        ExpectMsg<ClaimResult>().Error.ShouldBe(ErrorCode.None);
        ExpectIdle();
    }

    [Fact]
    public async Task Should_say_that_the_registry_is_away_and_not_that_the_name_is_taken_when_the_release_fails_again()
    {
        var left = await LeaveBehindAsync();
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Refused(new SessionOwner(Self, left)));
        Claim(Bob, 6);
        ExpectMsg<ClaimResult>().Error.ShouldBe(ErrorCode.RegistryUnavailable);
    }

    [Fact]
    public void Should_refuse_a_login_when_another_connection_of_this_node_holds_the_session()
    {
        LogIn(Bob, 5);
        Registry.OnClaim = _ => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Refused(new SessionOwner(Self, 5)));
        Claim(Bob, 6);
        ExpectMsg<ClaimResult>().Error.ShouldBe(ErrorCode.NameTaken);
        ExpectIdle();
    }

    /// <summary>A connection closes, and the registry does not take its release.</summary>
    private async Task<long> LeaveBehindAsync()
    {
        var session = LogIn(Bob, 5);
        Registry.OnRelease = _ => Task.FromResult(false);
        Release(session);
        await SettleAsync();
        return session.Connection.Id;
    }
}
