using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Relay;

/// <summary>Forwards link frames between nodes, and deletes the sessions of dead nodes. Only one relay of a cluster acts at a time.</summary>
/// <remarks>
/// <code>
/// Starting --term drawn--> Acting --superseded--> the process leaves the cluster and ends with exit code 1
/// </code>
/// A node may be dead if its gateway ended, or if it was downed or removed. On any of these signs, and at regular intervals, the relay asks the
/// registry for the list of nodes and compares it with the members. Then it cleans up after every node that is dead. The relay decides only when
/// the registry has answered. By then its own events have told it if it was itself downed or removed (because it is on the losing side of a
/// partition), and in that case it must not decide. A relay that was suspended and continues does not know that yet, and does not know the members that
/// came meanwhile either: for a while it declares no node dead only because the node is not a member.
/// The relay stores no messages. If it dies, the links of the nodes still have the frames that it held, and send them again. The number of frames
/// in its Akka mailbox is bounded by the frames that links have in flight (<c>chat.link.frames-in-flight</c>).
/// </remarks>
public sealed class RelayActor : ReceiveActor, IWithTimers
{
    /// <summary>How many of the last clean-ups are kept for operators.</summary>
    private const int CleanUpsKept = 16;

    private readonly RelaySettings _settings;
    private readonly ISessionRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<NodeId, IActorRef> _gateways = [];
    private readonly Dictionary<NodeId, string> _dead = [];
    private readonly HashSet<NodeId> _cleaning = [];
    private readonly List<CleanUpReport> _cleanUps = [];
    private bool _isRemoved;
    private long _ranAt;
    private long? _doubtsSince;
    private long _term;
    private long _since;
    private long _forwarded;

    /// <summary>Makes the relay.</summary>
    public RelayActor(RelaySettings settings, ISessionRegistry registry, TimeProvider time)
    {
        _settings = settings;
        _registry = registry;
        _time = time;
        Starting();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => DrawTerm();

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Starting()
    {
        Receive<TermDrawn>(m =>
        {
            _term = m.Term;
            _since = _time.GetUtcNow().ToUnixTimeMilliseconds();
            _ranAt = _time.GetTimestamp();
            _log.Info("Relay acts, term {0}: it forwards frames between nodes and cleans up after dead nodes", _term);
            Become(Acting);
            _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
            Timers.StartPeriodicTimer(nameof(Greet), new Greet(), TimeSpan.Zero, _settings.GreetInterval);
            Timers.StartPeriodicTimer(nameof(Sweep), new Sweep(), TimeSpan.Zero, _settings.SweepInterval);
        });
        Receive<Failed>(m =>
        {
            _log.Warning("Relay waits for Redis, and does not act until Redis gives it a term. It asks again in {0} ms: {1}",
                _settings.RetryInterval.TotalMilliseconds, m.Reason);
            Timers.StartSingleTimer(nameof(Retry), new Retry(), _settings.RetryInterval);
        });
        Receive<Retry>(_ => DrawTerm());
        Receive<LinkFrame>(_ => { });
        Receive<AskReport>(_ => Sender.Tell(new RelayReport(false, 0, 0, 0, [], [])));
    }

    private void Acting()
    {
        Receive<LinkFrame>(Forward);
        Receive<GatewayHello>(Register);
        Receive<Greet>(_ => GreetAll());
        Receive<NodesListed>(OnListed);
        Receive<Failed>(m =>
        {
            _log.Warning("Redis did not answer with the list of nodes, so no dead node is cleaned up. The relay asks again in {0} ms: {1}",
                _settings.RetryInterval.TotalMilliseconds, m.Reason);
            Timers.StartSingleTimer(nameof(Retry), new Retry(), _settings.RetryInterval);
        });
        Receive<Retry>(_ => ListNodes());
        Receive<Sweep>(_ => ListNodes());
        Receive<ClusterEvent.MemberDowned>(m => OnGone(m.Member, "was downed"));
        Receive<ClusterEvent.MemberRemoved>(m => OnGone(m.Member, "was removed"));
        Receive<ClusterEvent.MemberUp>(m => GreetNode(m.Member));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<GatewayDied>(m => Suspect(m.Node, "lost its gateway"));
        Receive<CleanUpDone>(OnCleanUp);
        Receive<AskReport>(_ => Sender.Tell(new RelayReport(
            true, _term, _since, _forwarded, [.. _gateways.Keys.Select(n => n.Address).Order(StringComparer.Ordinal)], [.. _cleanUps])));
    }

    private void Forward(LinkFrame frame)
    {
        _forwarded++;
        GatewayOf(frame.Target).Tell(frame with { Term = _term }, Self);
    }

    private void Register(GatewayHello hello)
    {
        if (hello.Term != _term || _gateways.TryGetValue(hello.Node, out var known) && known.Equals(Sender))
            return;
        _gateways[hello.Node] = Sender;
        Context.WatchWith(Sender, new GatewayDied(hello.Node));
        _log.Info("Node {0} is connected to this relay: frames for it can be forwarded", hello.Node);
    }

    private void GreetAll()
    {
        NoticeSuspension();
        foreach (var member in _cluster.State.Members.Where(m => m.IsLivingNode()))
            GreetNode(member);
    }

    /// <summary>Sends a node the relay's heartbeat. A node that receives none for a while uses the direct path instead of the relay.</summary>
    private void GreetNode(Member member)
    {
        if (member.HasRole(ClusterNames.NodeRole))
            GatewayOf(member.UniqueAddress.ToNodeId()).Tell(new RelayHello(_term), Self);
    }

    private ICanTell GatewayOf(NodeId node) => _gateways.TryGetValue(node, out var gateway) ? gateway : Context.System.GatewayOf(node);

    private void OnGone(Member member, string why)
    {
        if (member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
            _isRemoved = true;
        else if (member.HasRole(ClusterNames.NodeRole))
            Suspect(member.UniqueAddress.ToNodeId(), why);
    }

    private void Suspect(NodeId node, string why)
    {
        _gateways.Remove(node);
        _dead.TryAdd(node, why);
        ListNodes();
    }

    private void OnListed(NodesListed listed)
    {
        // When the cluster extension of this member shuts down, it reports all other members as removed. And if this member was downed, it is
        // on the losing side of a partition. In both cases the relay must not decide which nodes are dead.
        if (_isRemoved || _cluster.IsTerminated || _cluster.SelfMember.Status == MemberStatus.Down)
            return;

        // A list that was asked for before a suspension, or right after it, is compared with members that may be old.
        NoticeSuspension();
        if (_doubtsSince is { } since && _time.GetElapsedTime(since) >= _settings.DoubtFor)
            _doubtsSince = null;

        // Every member has seen a node as Joining before the node is Up, so no living node is missing here.
        var living = LivingNodes().ToHashSet();
        foreach (var node in listed.Nodes.Where(n => _doubtsSince is null && !living.Contains(n)))
            _dead.TryAdd(node, "is on the list of nodes but is not a member");
        foreach (var (node, why) in _dead.Where(d => _cleaning.Add(d.Key)))
            CleanUp(node, why);
    }

    private void NoticeSuspension()
    {
        if (_time.GetElapsedTime(_ranAt) >= _settings.SuspendedAfter)
        {
            _doubtsSince = _time.GetTimestamp();
            _log.Warning("This relay did not run for {0:F1} s: for {1} s it deletes sessions only of nodes that the cluster says are gone",
                _time.GetElapsedTime(_ranAt).TotalSeconds, _settings.DoubtFor.TotalSeconds);
        }

        _ranAt = _time.GetTimestamp();
    }

    private void CleanUp(NodeId node, string why)
    {
        _log.Debug("Cleaning up after node {0}: it {1}", node, why);
        var term = _term;
        _registry.CleanUpAsync(node, term).PipeTo(
            Self,
            success: outcome => new CleanUpDone(node, term, outcome),
            failure: e => new CleanUpDone(node, term, new CleanUpOutcome.Unavailable(e.GetBaseException().Message)));
    }

    private void OnCleanUp(CleanUpDone done)
    {
        // The result of an earlier term does not concern this one.
        if (done.Term != _term)
            return;
        _cleaning.Remove(done.Node);
        switch (done.Outcome)
        {
            case CleanUpOutcome.Cleaned cleaned:
                // Several signs may report the same death. Only the first clean-up is logged.
                if (_dead.Remove(done.Node, out var why) && Remember(done.Node.ToString(), cleaned.Sessions))
                    _log.Info("Node {0} is dead: it {1}. Its {2} sessions were deleted; their users are offline until they log in again",
                        done.Node, why, cleaned.Sessions);
                break;
            case CleanUpOutcome.Superseded superseded:
                _log.Error(
                    "Another relay acts with term {0} in place of this one with term {1}. This process leaves the cluster and ends with exit code {2}",
                    superseded.Term, _term, ExitCodes.Failed);

                // The process has to end, too. Otherwise the cluster would count this member as the one with the acting relay, and there is none.
                Context.Stop(Self);
                CoordinatedShutdown.Get(Context.System).Run(new ProcessHost.StoppedForGood(ExitCodes.Failed));
                break;
            case CleanUpOutcome.Unavailable away:
                _log.Warning("Redis did not answer the clean-up after dead node {0}, so its users may still seem to be online. The relay tries again in {1} ms: {2}",
                    done.Node, _settings.RetryInterval.TotalMilliseconds, away.Reason);
                Timers.StartSingleTimer(nameof(Retry), new Retry(), _settings.RetryInterval);
                break;
        }
    }

    /// <summary>Records a clean-up for operators. Several signs of one death cause several clean-ups, which count as one here.</summary>
    /// <returns>True if it is worth a log line: the first clean-up of this node, or one that deleted sessions.</returns>
    private bool Remember(string node, long sessions)
    {
        var known = _cleanUps.FindIndex(c => c.Node == node);
        if (known >= 0)
            _cleanUps[known] = _cleanUps[known] with { Sessions = _cleanUps[known].Sessions + sessions };
        else
            _cleanUps.Add(new CleanUpReport(node, _time.GetUtcNow().ToUnixTimeMilliseconds(), sessions));
        if (_cleanUps.Count > CleanUpsKept)
            _cleanUps.RemoveAt(0);
        return known < 0 || sessions > 0;
    }

    private void DrawTerm() => _registry.NextTermAsync(_time.GetUtcNow().ToUnixTimeMilliseconds())
        .PipeTo(Self, success: term => new TermDrawn(term), failure: e => new Failed(e.GetBaseException().Message));

    private void ListNodes() => _registry.NodesAsync()
        .PipeTo(Self, success: nodes => new NodesListed(nodes), failure: e => new Failed(e.GetBaseException().Message));

    private IEnumerable<NodeId> LivingNodes() =>
        _cluster.State.Members.Where(m => m.IsLivingNode()).Select(m => m.UniqueAddress.ToNodeId());

    /// <summary>Asks for a <see cref="RelayReport"/>.</summary>
    internal sealed record AskReport;

    private sealed record TermDrawn(long Term);

    private sealed record NodesListed(IReadOnlyList<NodeId> Nodes);

    private sealed record Failed(string Reason);

    private sealed record GatewayDied(NodeId Node);

    private sealed record CleanUpDone(NodeId Node, long Term, CleanUpOutcome Outcome);

    private sealed record Retry;

    private sealed record Sweep;

    private sealed record Greet;
}
