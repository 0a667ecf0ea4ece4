using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ChatAkka.Startup;

/// <summary>Warns if the cluster has exactly two members. The majority of two is two, so each member depends on the other.</summary>
internal sealed class VoterWarningActor : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _after;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Makes the actor.</summary>
    /// <param name="after">The number of members must not have changed for this long.</param>
    public VoterWarningActor(TimeSpan after)
    {
        _after = after;
        Receive<ClusterEvent.IMemberEvent>(_ => Timers.StartSingleTimer(nameof(CheckMembers), new CheckMembers(), _after));
        Receive<CheckMembers>(_ =>
        {
            if (_cluster.State.Members.Count(m => m.Status == MemberStatus.Up) == 2)
            {
                _log.Warning(
                    "The cluster has two members. If {0} dies or is cut off, the other one stops, too, and all clients are disconnected. "
                        + "Run a third (docs/operations.md)",
                    _cluster.State.Members.OrderBy(m => m.UniqueAddress).First().Address);
            }
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private sealed record CheckMembers;
}
