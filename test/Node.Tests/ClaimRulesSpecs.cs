using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Sessions;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>What the registry's answer to a claim means for the login.</summary>
public class ClaimRulesSpecs
{
    private static readonly NodeId s_self = new("n", 1, 1);
    private static readonly NodeId s_member = new("m", 2, 2);
    private static readonly NodeId s_gone = new("g", 3, 3);

    [Fact]
    public void Should_answer_every_login_that_is_not_abandoned_and_never_name_a_holder_that_is_gone() =>
        Gen.Select(Gen.Int[0, 6], Gen.Bool, Gen.Bool, Gen.Bool).Sample((outcome, refuses, isAbandoned, hasLeftover) =>
        {
            var sessions = new UserSessions();
            if (hasLeftover)
                LeaveBehind(sessions, connection: 3);
            var login = Begin(sessions, connection: 5);
            if (isAbandoned)
                sessions.End(login.Session);
            var verdict = Rules(refuses).Decide(sessions, login, Outcome(outcome));
            verdict.ShouldBe(Expected(outcome, refuses, isAbandoned, hasLeftover));
            (sessions.Live == login.Session).ShouldBe(verdict is ClaimVerdict.Accepted);

            // Another step may begin, unless the claim is sent again.
            sessions.TryReleasesAgain();
            var next = sessions.Next();
            if (verdict is ClaimVerdict.ClaimAgain)
                next.ShouldBeNull();
            else if (isAbandoned || outcome == 6)
                next.ShouldBeOfType<SessionStep.Release>("the claim may stand in the registry").Connection.ShouldBe(hasLeftover ? 3 : 5);
        }, iter: 5_000);

    [Fact]
    public void Should_claim_again_past_a_holder_that_is_gone_only_once()
    {
        var sessions = new UserSessions();
        var login = Begin(sessions, connection: 5);
        var rules = Rules(refuses: true);
        rules.Decide(sessions, login, new ClaimOutcome.Refused(new SessionOwner(s_gone, 9))).ShouldBe(new ClaimVerdict.ClaimAgain());
        login.GoneHolder.ShouldBe(s_gone);
        rules.Decide(sessions, login, new ClaimOutcome.Refused(new SessionOwner(s_gone, 10))).ShouldBe(new ClaimVerdict.Refused(ErrorCode.NameTaken));
    }

    [Fact]
    public void Should_keep_the_time_that_the_registry_gave_the_session()
    {
        var sessions = new UserSessions();
        var login = Begin(sessions, connection: 5);
        Rules(refuses: false).Decide(sessions, login, new ClaimOutcome.Claimed(null, 77));
        login.Session.Since.ShouldBe(77);
    }

    [Fact]
    public void Should_name_the_session_that_was_here_before_when_a_login_takes_its_place()
    {
        var sessions = new UserSessions();
        var (first, rules) = (Begin(sessions, connection: 5), Rules(refuses: false));
        rules.Decide(sessions, first, new ClaimOutcome.Claimed(null, 1));
        var second = Begin(sessions, connection: 6);
        rules.Decide(sessions, second, new ClaimOutcome.Claimed(null, 2)).ShouldBe(new ClaimVerdict.Accepted(first.Session));
    }

    private static ClaimRules Rules(bool refuses) =>
        new(s_self, refuses ? SecondLogin.Refuse : SecondLogin.Replace, node => node == s_member);

    private static ClaimOutcome Outcome(int kind) => kind switch
    {
        0 => new ClaimOutcome.Claimed(null, 1),
        1 => new ClaimOutcome.Refused(new SessionOwner(s_gone, 9)),
        2 => new ClaimOutcome.Refused(new SessionOwner(s_member, 9)),
        3 => new ClaimOutcome.Refused(new SessionOwner(s_self, 3)),
        4 => new ClaimOutcome.Refused(new SessionOwner(s_self, 9)),
        5 => new ClaimOutcome.Fenced(),
        _ => new ClaimOutcome.Unavailable("away"),
    };

    private static ClaimVerdict Expected(int kind, bool refuses, bool isAbandoned, bool hasLeftover)
    {
        var taken = new ClaimVerdict.Refused(refuses ? ErrorCode.NameTaken : ErrorCode.Replaced);
        return kind switch
        {
            0 when isAbandoned => new ClaimVerdict.NoAnswer(),
            0 => new ClaimVerdict.Accepted(null),
            1 => new ClaimVerdict.ClaimAgain(),
            3 when hasLeftover && !isAbandoned => new ClaimVerdict.NoAnswer(),
            3 when hasLeftover => new ClaimVerdict.Refused(ErrorCode.RegistryUnavailable),
            2 or 3 or 4 => taken,
            5 => new ClaimVerdict.Refused(ErrorCode.CutOff),
            _ => new ClaimVerdict.Refused(ErrorCode.RegistryUnavailable),
        };
    }

    /// <summary>A login whose claim is in flight.</summary>
    private static Login Begin(UserSessions sessions, long connection)
    {
        var login = TestLogins.Login(UserName.TryCreate("bob")!, connection);
        sessions.Add(login);
        sessions.Next().ShouldBe(new SessionStep.Claim(login));
        login.HasBegun = true;
        return login;
    }

    /// <summary>A connection of this node may have left a session in the registry, which did not take the release.</summary>
    private static void LeaveBehind(UserSessions sessions, long connection)
    {
        sessions.NotClaimed(Begin(sessions, connection), mayStand: true);
        sessions.Next();
        sessions.Released(connection, isDone: false);
    }
}
