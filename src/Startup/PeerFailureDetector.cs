using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace ChatAkka.Startup;

/// <summary>Tells Akka.Cluster whether a member is reachable: <c>akka.cluster.failure-detector.implementation-class</c>.</summary>
/// <remarks>A member that is silent is unreachable when its heartbeats are missing for longer than usual (phi accrual). A member whose process has
/// ended, as the crash probe found out, is unreachable at once. If a heartbeat comes after that, the verdict was wrong or came too early: it ends, and
/// <see cref="VerdictRefuted"/> is published, so that the probe looks again. docs/decisions/0039.</remarks>
internal sealed class PeerFailureDetector : PhiAccrualFailureDetector
{
    private readonly CrashVerdicts _verdicts;
    private readonly EventStream _events;

    /// <summary>Made by Akka.Cluster, which then sets <see cref="PhiAccrualFailureDetector.Address"/>.</summary>
    /// <param name="config">The section <c>akka.cluster.failure-detector</c>.</param>
    /// <param name="events">The event stream of the actor system.</param>
    public PeerFailureDetector(Config config, EventStream events)
        : base(config, events)
    {
        _events = events;
        _verdicts = CrashVerdicts.Of(events);
    }

    /// <summary>Makes a detector with a clock of the test.</summary>
    internal PeerFailureDetector(TimeSpan heartbeatInterval, TimeSpan acceptablePause, EventStream events, Clock clock)
        : base(threshold: 8, maxSampleSize: 1000, minStdDeviation: TimeSpan.FromMilliseconds(100), acceptablePause, heartbeatInterval, clock)
    {
        _events = events;
        _verdicts = CrashVerdicts.Of(events);
    }

    /// <inheritdoc/>
    public override bool IsAvailable => !_verdicts.IsEnded(Address) && base.IsAvailable;

    /// <inheritdoc/>
    public override void HeartBeat()
    {
        if (_verdicts.Refute(Address))
            _events.Publish(new VerdictRefuted(Address));
        base.HeartBeat();
    }
}
