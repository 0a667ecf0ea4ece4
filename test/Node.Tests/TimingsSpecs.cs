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
        _ = new TransportTimings(s_second, s_second, s_second, 1, s_ok, s_ok, s_ok);
        Refuses("acceptPause", () => new TransportTimings(TimeSpan.Zero, s_second, s_second, 1, s_ok, s_ok, s_ok));
        Refuses("acceptPause", () => new TransportTimings(s_tooLong, s_second, s_second, 1, s_ok, s_ok, s_ok));
        Refuses("keepAliveAfter", () => new TransportTimings(s_ok, s_ok, s_second, 1, s_ok, s_ok, s_ok));
        Refuses("keepAliveAfter", () => new TransportTimings(s_ok, s_tooLong, s_second, 1, s_ok, s_ok, s_ok));
        Refuses("keepAliveInterval", () => new TransportTimings(s_ok, s_second, TimeSpan.Zero, 1, s_ok, s_ok, s_ok));
        Refuses("keepAliveProbes", () => new TransportTimings(s_ok, s_second, s_second, 0, s_ok, s_ok, s_ok));
        Refuses("headerLimit", () => new TransportTimings(s_ok, s_second, s_second, 1, s_ok, s_ok, TimeSpan.Zero));
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

    private static void Refuses(string name, Func<object> make) =>
        Should.Throw<ArgumentOutOfRangeException>(make).ParamName.ShouldBe(name);
}
