using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;

namespace ChatAkka.Startup;

/// <summary>Joins the cluster, and founds one only if none runs.</summary>
/// <remarks>
/// <code>
/// Entering --a member let us join, or founded--> Member (confirms once a second that the cluster runs)
/// </code>
/// It tries to join the members of <c>chat.cluster.join</c> and the members that Redis knows. So a relay that was started without a list and
/// restarts after a crash finds the running nodes, instead of founding a second cluster. docs/decisions/0007.
/// </remarks>
internal sealed class ClusterEntryActor : ReceiveActor, IWithTimers
{
    private readonly ClusterSettings _settings;
    private readonly IClusterDirectory _directory;
    private readonly TimeProvider _time;
    private readonly string _self;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long? _redisAnswersSince;
    private IReadOnlyList<string> _tried = [];
    private long _lastReminder;

    /// <summary>Makes the actor.</summary>
    public ClusterEntryActor(ClusterSettings settings, IClusterDirectory directory, TimeProvider time)
    {
        _settings = settings;
        _directory = directory;
        _time = time;
        _lastReminder = time.GetTimestamp();
        _self = MembershipHostingExtensions.AddressOf(_cluster);
        Receive<Tick>(_ => Look());
        Receive<DirectoryOutcome.Unavailable>(m =>
        {
            _redisAnswersSince = null;
            Join(_settings.Others);
            Remind($"This process is not in a cluster yet, because it finds the cluster through Redis. It waits for Redis and asks again: {m.Reason}");
        });
        Receive<DirectoryOutcome.Known>(OnKnown);
        Receive<FoundAnswer>(m =>
        {
            if (!m.Founded || IsIn())
                return;
            _log.Info("No cluster runs on this Redis: founding one");
            _cluster.Join(_cluster.SelfAddress);
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, _settings.Timings.EntryInterval);

    private void Look()
    {
        if (!IsIn())
            _directory.LookAsync(_self).PipeTo(Self, failure: e => new DirectoryOutcome.Unavailable(e.GetBaseException().Message));
        else
        {
            Become(Member);
            Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, _settings.Timings.ConfirmInterval);
        }
    }

    private void Member()
    {
        Receive<Tick>(_ => _directory.ConfirmAsync(_self));
        ReceiveAny(_ => { });
    }

    private void OnKnown(DirectoryOutcome.Known known)
    {
        var others = _settings.Others.Union(known.Members).ToList();
        Join(others);
        _redisAnswersSince ??= _time.GetTimestamp();

        // Running members need a moment to confirm the cluster in a Redis that restarted empty, and to let us join.
        var knowsAll = others.Count == 0 && _directory.IsOwn;
        if (_settings.MayFound && (knowsAll || _time.GetElapsedTime(_redisAnswersSince.Value) >= _settings.FoundAfter))
            _directory.TryFoundAsync(_self).PipeTo(Self, success: founded => new FoundAnswer(founded), failure: _ => new FoundAnswer(false));
        else if (others.Count > 0)
            Remind($"Waiting to be taken into the cluster by {string.Join(", ", others)}");
    }

    private void Join(IReadOnlyList<string> others)
    {
        if (IsIn() || others.SequenceEqual(_tried))
            return;
        _tried = others;
        _cluster.JoinSeedNodes(others.Select(o => Address.Parse($"akka.tcp://{ClusterNames.System}@{o}")));
    }

    private bool IsIn() => _cluster.SelfMember.Status is not MemberStatus.Removed;

    private void Remind(string what)
    {
        if (_time.GetElapsedTime(_lastReminder) < _settings.Timings.RemindInterval)
            return;
        _lastReminder = _time.GetTimestamp();
        _log.Warning(what);
    }

    private sealed record FoundAnswer(bool Founded);

    private sealed record Tick;
}
