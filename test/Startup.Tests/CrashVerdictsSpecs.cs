using Akka.Event;
using Akka.TestKit.Xunit2;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

/// <summary>When a member counts as unreachable, with a clock of the test.</summary>
public class CrashVerdictsSpecs : TestKit
{
    private const string Address = "akka.tcp://ChatAkka@10.0.0.1:4053";
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(3);
    private readonly ManualTime _time = new();
    private readonly PeerFailureDetector _detector;

    public CrashVerdictsSpecs()
        : base("akka.loglevel = WARNING")
    {
        _detector = Detector(Address);
        for (var i = 0; i < 10; i++)
            Beat(_detector);
    }

    private CrashVerdicts Verdicts => CrashVerdicts.Of(Sys.EventStream);

    [Fact]
    public void Should_be_unreachable_at_once_when_the_process_has_ended()
    {
        _detector.IsAvailable.ShouldBeTrue();
        Verdicts.Declare(Address);
        _detector.IsAvailable.ShouldBeFalse();
        _detector.IsMonitoring.ShouldBeTrue();
    }

    [Fact]
    public void Should_leave_others_reachable_when_one_process_has_ended()
    {
        var other = Detector("akka.tcp://ChatAkka@10.0.0.1:4054");
        Beat(other);
        Beat(_detector);
        Verdicts.Declare(Address);
        other.IsAvailable.ShouldBeTrue();
    }

    [Fact]
    public void Should_keep_the_verdicts_of_two_actor_systems_apart()
    {
        CrashVerdicts.Of(new EventStream(debug: false)).Declare(Address);
        _detector.IsAvailable.ShouldBeTrue();
    }

    [Fact]
    public void Should_be_reachable_again_and_say_so_once_when_a_heartbeat_comes_after_the_verdict()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(VerdictRefuted));
        Verdicts.Declare(Address);
        Beat(_detector);
        _detector.IsAvailable.ShouldBeTrue();
        Beat(_detector);
        ExpectMsg<VerdictRefuted>().Address.ShouldBe(Address);
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Should_be_judged_by_its_heartbeats_when_the_verdict_is_forgotten()
    {
        Verdicts.Declare(Address);
        Verdicts.Forget(Address);
        _detector.IsAvailable.ShouldBeTrue();
        _time.Advance(s_interval + s_pause);
        _detector.IsAvailable.ShouldBeTrue("a pause as long as is acceptable");
        _time.Advance(TimeSpan.FromSeconds(1));
        _detector.IsAvailable.ShouldBeFalse("it is silent");
        Beat(_detector);
        _detector.IsAvailable.ShouldBeTrue();
    }

    private PeerFailureDetector Detector(string address) => new(
        s_interval, s_pause, Sys.EventStream, () => _time.GetTimestamp() / TimeSpan.TicksPerMillisecond)
    {
        Address = address,
    };

    private void Beat(PeerFailureDetector detector)
    {
        detector.HeartBeat();
        _time.Advance(s_interval);
    }
}
