using ChatAkka.Node.Clients;
using ChatAkka.Node.Operators;
using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Tests;

/// <summary>Each record of fixed timings checks its rules when it is made.</summary>
public class TimingsSpecs
{
    private static readonly TimeSpan s_ok = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tooLong = TimeSpan.FromSeconds(1.001);

    [Fact]
    public void Should_have_standard_timings_that_keep_the_rules()
    {
        ListenerTimings.Standard.SweepInterval.ShouldBe(TimeSpan.FromMilliseconds(250));
        TransportTimings.Standard.KeepAliveAfter.ShouldBe(TimeSpan.FromMinutes(1));
        OperatorTimings.Standard.AnswerLimit.ShouldBe(TimeSpan.FromSeconds(2));
        NodeTimings.Standard.ReminderInterval.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Should_refuse_timings_of_the_listener_that_break_a_rule()
    {
        _ = new ListenerTimings(s_second, s_ok, s_second);
        Refuses("sweepInterval", () => new ListenerTimings(TimeSpan.Zero, s_ok, s_ok));
        Refuses("sweepInterval", () => new ListenerTimings(s_tooLong, s_ok, s_ok));
        Refuses("refusalGrace", () => new ListenerTimings(s_ok, TimeSpan.Zero, s_ok));
        Refuses("drainInterval", () => new ListenerTimings(s_ok, s_ok, TimeSpan.Zero));
        Refuses("drainInterval", () => new ListenerTimings(s_ok, s_ok, s_tooLong));
    }

    [Fact]
    public void Should_refuse_timings_of_the_transport_that_break_a_rule()
    {
        _ = Transport(acceptPause: s_second);
        Refuses("acceptPause", () => Transport(acceptPause: TimeSpan.Zero));
        Refuses("acceptPause", () => Transport(acceptPause: s_tooLong));
        Refuses("keepAliveAfter", () => Transport(keepAliveAfter: s_ok));
        Refuses("keepAliveAfter", () => Transport(keepAliveAfter: s_tooLong));
        Refuses("keepAliveInterval", () => Transport(keepAliveInterval: TimeSpan.Zero));
        Refuses("keepAliveProbes", () => Transport(keepAliveProbes: 0));
        Refuses("certificateCheck", () => Transport(certificateCheck: TimeSpan.Zero));
        Refuses("failurePace", () => Transport(failurePace: TimeSpan.Zero));
        Refuses("handshakeSilence", () => Transport(handshakeSilence: TimeSpan.Zero));
        Refuses("handshakeInStorm", () => Transport(handshakeSilence: s_second, handshakeInStorm: s_second));
        Refuses("headerLimit", () => Transport(headerLimit: TimeSpan.Zero));
    }

    [Fact]
    public void Should_refuse_timings_of_the_node_and_of_its_agent_that_break_a_rule()
    {
        Refuses("reminderInterval", () => new NodeTimings(TimeSpan.Zero, s_ok));
        Refuses("flushPoll", () => new NodeTimings(s_ok, TimeSpan.Zero));
        Refuses("flushPoll", () => new NodeTimings(s_ok, s_tooLong));
        Refuses("answerLimit", () => new OperatorTimings(TimeSpan.Zero));
        Refuses("answerLimit", () => new OperatorTimings(TimeSpan.FromSeconds(11)));
    }

    private static TransportTimings Transport(
        TimeSpan? acceptPause = null, TimeSpan? keepAliveAfter = null, TimeSpan? keepAliveInterval = null, int keepAliveProbes = 1,
        TimeSpan? certificateCheck = null, TimeSpan? failurePace = null, TimeSpan? handshakeInStorm = null, TimeSpan? handshakeSilence = null, TimeSpan? headerLimit = null) => new(
        acceptPause ?? s_ok, keepAliveAfter ?? s_second, keepAliveInterval ?? s_second, keepAliveProbes,
        certificateCheck ?? s_ok, failurePace ?? s_ok, handshakeInStorm ?? s_second, handshakeSilence ?? s_ok, headerLimit ?? s_ok);

    private static void Refuses(string name, Func<object> make) =>
        Should.Throw<ArgumentOutOfRangeException>(make).ParamName.ShouldBe(name);
}
