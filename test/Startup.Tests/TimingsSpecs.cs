using ChatAkka.Runtime;
using ChatAkka.Sessions;

namespace ChatAkka.Startup.Tests;

/// <summary>Each record of fixed timings checks its rules when it is made.</summary>
public class TimingsSpecs
{
    private static readonly TimeSpan s_ok = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Should_have_standard_timings_that_keep_the_rules()
    {
        MembershipTimings.Standard.ConfirmInterval.ShouldBe(TimeSpan.FromSeconds(1));
        RemotingTimings.Standard.AcceptPause.ShouldBe(s_ok);
    }

    [Fact]
    public void Should_refuse_timings_of_the_membership_that_break_a_rule()
    {
        var half = RedisClusterDirectory.Age / 2;
        _ = new MembershipTimings(s_ok, half, s_ok, s_ok);
        Refuses("entryInterval", () => new MembershipTimings(TimeSpan.Zero, s_ok, s_ok, s_ok));
        Refuses("confirmInterval", () => new MembershipTimings(s_ok, TimeSpan.Zero, s_ok, s_ok));
        Refuses("confirmInterval", () => new MembershipTimings(s_ok, half + TimeSpan.FromTicks(1), s_ok, s_ok));
        Refuses("remindInterval", () => new MembershipTimings(s_ok, s_ok, TimeSpan.Zero, s_ok));
        Refuses("warnOfTwoAfter", () => new MembershipTimings(s_ok, s_ok, s_ok, TimeSpan.Zero));
    }

    [Fact]
    public void Should_refuse_timings_of_the_transport_of_members_that_break_a_rule()
    {
        var (ok, more) = (s_ok, 2 * s_ok);
        Refuses("acceptPause", () => new RemotingTimings(TimeSpan.Zero, ok, ok, more, ok, ok, ok));
        Refuses("acceptPause", () => new RemotingTimings(TimeSpan.FromSeconds(2), ok, ok, more, ok, ok, ok));
        Refuses("closeGrace", () => new RemotingTimings(ok, TimeSpan.Zero, ok, more, ok, ok, ok));
        Refuses("handshakeLimit", () => new RemotingTimings(ok, ok, TimeSpan.Zero, more, ok, ok, ok));
        Refuses("handshakeInStorm", () => new RemotingTimings(ok, ok, ok, ok, ok, ok, ok));
        Refuses("handshakeSilence", () => new RemotingTimings(ok, ok, ok, more, TimeSpan.Zero, ok, ok));
        Refuses("fileCheck", () => new RemotingTimings(ok, ok, ok, more, ok, TimeSpan.Zero, ok));
        Refuses("refusalPace", () => new RemotingTimings(ok, ok, ok, more, ok, ok, TimeSpan.Zero));
    }

    private static void Refuses(string name, Func<object> make) =>
        Should.Throw<ArgumentOutOfRangeException>(make).ParamName.ShouldBe(name);
}
