using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Startup;

namespace ChatAkka.Node.Links;

/// <summary>Receives what other nodes and the relay send to this node. It keeps a link to every living node, and tells the links whether a relay is
/// usable.</summary>
/// <remarks>Each link chooses its path itself (<see cref="PathPolicy"/>). Frames and heartbeats from a relay of a stale term are ignored.</remarks>
internal sealed class GatewayActor : ReceiveActor, IWithTimers
{
    private readonly NodeId _self;
    private readonly LinkSettings _settings;
    private readonly bool _throughRelay;
    private readonly LinkTable _links;
    private readonly ILinkReceiver _receiver;
    private readonly ConnectionTable _connections;
    private readonly NodeDirectory _directory;
    private readonly NodeCounters _counters;
    private readonly PeerLedger _ledger;
    private readonly TraceLog _trace;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<NodeId, Peer> _peers = [];
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly GoneNodes _gone;
    private readonly ActingRelay _relay;
    private NodeStatus _status;
    private NodeStatus? _sentStatus;
    private int _unchanged;

    /// <summary>Makes the gateway.</summary>
    public GatewayActor(
        NodeId self,
        LinkSettings settings,
        bool throughRelay,
        LinkTable links,
        ILinkReceiver receiver,
        ConnectionTable connections,
        NodeDirectory directory,
        NodeCounters counters,
        PeerLedger ledger,
        TraceLog trace,
        TimeProvider time)
    {
        _self = self;
        _settings = settings;
        _throughRelay = throughRelay;
        _links = links;
        _receiver = receiver;
        _connections = connections;
        _directory = directory;
        _counters = counters;
        _ledger = ledger;
        _trace = trace;
        _time = time;
        _start = time.GetTimestamp();
        _gone = new GoneNodes(settings.Timings.GoneNodeAge, time);
        _relay = new ActingRelay(settings.Timings.RelaySilence);
        _status = new NodeStatus(self, "", 0, 0, WantsReply: false);
        ReceiveFromOthers();
        ReceiveAboutMembers();
        Receive<LinkMessages.CheckRelay>(_ => OnDoubt(_relay.CheckSilence(Now), "sent no heartbeat for too long"));
        Receive<LinkMessages.SendStatus>(_ => SendStatusIfDue());
        Receive<LinkMessages.OwnStatus>(m =>
            _status = _status with { ClientAddress = m.ClientAddress, TlsAddress = m.TlsAddress, Connections = m.Connections, Capacity = m.Capacity });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        var (check, send) = (new LinkMessages.CheckRelay(), new LinkMessages.SendStatus());
        Timers.StartPeriodicTimer(check, check, _settings.Timings.RelayCheckInterval);
        Timers.StartPeriodicTimer(send, send, _settings.Timings.StatusInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new EndProcessStrategy();

    /// <summary>The time since this actor was made.</summary>
    private TimeSpan Now => _time.GetElapsedTime(_start);

    private void ReceiveFromOthers()
    {
        Receive<LinkFrame>(OnFrame);
        Receive<RelayHello>(OnHeartbeat);
        Receive<NodeStatus>(OnStatus);
        Receive<MailboxNudge>(m =>
        {
            // A nudge that comes back says that the session is not here.
            if (_connections.Find(m.Connection) is { } connection)
                connection.Actor.Forward(m);
            else
                Sender.Tell(m);
        });
    }

    private void ReceiveAboutMembers()
    {
        Receive<LinkMessages.RelayEnded>(m => OnRelayEnded(m.Relay));
        Receive<DisassociatedEvent>(m => OnConnectionLost(m.RemoteAddress));
        Receive<ClusterEvent.UnreachableMember>(m => OnDoubt(_relay.Doubt(m.Member.Address), "is unreachable"));
        Receive<ClusterEvent.MemberDowned>(m => OnGone(m.Member));
        Receive<ClusterEvent.MemberRemoved>(m => OnGone(m.Member));
        Receive<ClusterEvent.IMemberEvent>(m => OnMember(m.Member));
    }

    private void OnFrame(LinkFrame frame)
    {
        if (frame.Target != _self || (frame.Term != 0 && _relay.IsStaleTerm(frame.Term)))
            _counters.StaleFrame();
        else if (FindPeer(frame.Origin) is { } peer)
            peer.Actor.Tell(frame, ActorRefs.NoSender);
        else
            _counters.StaleFrame();
    }

    private Peer? FindPeer(NodeId node)
    {
        if (_peers.TryGetValue(node, out var peer))
            return peer;

        // A frame may come before the news that its origin is a member.
        var member = _gone.Contains(node) ? null
            : _cluster.State.Members.FirstOrDefault(m => m.IsLivingNode() && m.UniqueAddress.ToNodeId() == node);
        return member is null ? null : AddPeer(node);
    }

    private void OnMember(Member member)
    {
        var node = member.UniqueAddress.ToNodeId();
        if (member.IsLivingNode() && node != _self && !_peers.ContainsKey(node) && !_gone.Contains(node))
            AddPeer(node);
    }

    private Peer AddPeer(NodeId node)
    {
        var link = new Link(node, _settings);
        var gateway = Context.System.GatewayOf(node);
        var ledger = _ledger.Of(node);
        var actor = Context.ActorOf(Props.Create(() => new LinkActor(
            _self, link, _throughRelay, gateway, _settings, _receiver, _connections, _counters, ledger, _trace, _time)));
        if (_relay.Usable is { } relay)
            actor.Tell(new LinkMessages.RelayBecameUsable(relay));
        link.Attach(actor);
        var peer = new Peer(actor, gateway);
        _peers.Add(node, peer);
        _links.Add(link);
        gateway.Tell(_status with { WantsReply = true });
        return peer;
    }

    private void OnGone(Member member)
    {
        var node = member.UniqueAddress.ToNodeId();
        if (_relay.Relay is { } relay && relay.Path.Address.Equals(member.Address))
            OnRelayEnded(relay);
        _gone.Add(node, gone => _cluster.State.Members.Any(m => m.UniqueAddress.ToNodeId() == gone));
        if (!_peers.Remove(node, out var peer))
            return;
        _log.Info("Node {0} left the cluster: its link is closed, and chats with an id that were on their way to it are looked up again", node);
        _links.Remove(node);
        _ledger.Gone(node);
        peer.Actor.Tell(new LinkMessages.CloseLink());
        PublishNodes();
    }

    private void OnHeartbeat(RelayHello hello)
    {
        if (_relay.IsStaleTerm(hello.Term))
        {
            _log.Warning("Ignored the heartbeat of a relay of term {0}: a relay of term {1} has taken over", hello.Term, _relay.Term);
            return;
        }

        Sender.Tell(new GatewayHello(_self, hello.Term));
        var isNew = !Sender.Equals(_relay.Relay);
        if (!_relay.Heard(Sender, hello.Term, Now))
            return;
        if (isNew)
            Context.WatchWith(Sender, new LinkMessages.RelayEnded(Sender));
        TellLinks(new LinkMessages.RelayBecameUsable(Sender), _throughRelay ? "through the relay" : "from node to node, as set by chat.routing");
    }

    private void OnRelayEnded(IActorRef relay)
    {
        if (_relay.Ended(relay))
            TellLinks(new LinkMessages.RelayBecameUnusable(), "from node to node, as there is no relay now");
    }

    private void OnDoubt(bool changed, string why)
    {
        if (changed)
            TellLinks(new LinkMessages.RelayBecameUnusable(), $"from node to node, as the relay {why}");
    }

    private void OnConnectionLost(Address address)
    {
        OnDoubt(_relay.Doubt(address), "is not connected any more");
        foreach (var (node, peer) in _peers)
        {
            if (node.Host == address.Host && node.Port == address.Port)
                peer.Actor.Tell(new LinkMessages.TargetDisconnected());
        }
    }

    /// <summary>Tells every link that the relay became usable or unusable.</summary>
    /// <param name="message">What the links are told.</param>
    /// <param name="way">How chats go now, for the log.</param>
    private void TellLinks(object message, string way)
    {
        _log.Info("Chats for other nodes go {0} (term {1})", way, _relay.Term);
        foreach (var peer in _peers.Values)
            peer.Actor.Tell(message);
    }

    private void OnStatus(NodeStatus status)
    {
        if (FindPeer(status.Node) is not { } peer)
            return;
        peer.Status = status;

        if (peer.Gateway is ActorSelection)
        {
            peer.Gateway = Sender;
            peer.Actor.Tell(new LinkMessages.TargetStarted(Sender));
        }

        if (status.WantsReply)
            Sender.Tell(_status);
        PublishNodes();
    }

    private void SendStatusIfDue()
    {
        PublishNodes();
        if (_status == _sentStatus && ++_unchanged < _settings.Timings.StatusRepeatIntervals)
            return;
        _sentStatus = _status;
        _unchanged = 0;
        foreach (var peer in _peers.Values)
            peer.Gateway.Tell(_status, Self);
    }

    private void PublishNodes() => _directory.Update(_peers.Values.Select(p => p.Status).OfType<NodeStatus>().Append(_status));

    private sealed class Peer(IActorRef actor, ICanTell gateway)
    {
        public IActorRef Actor => actor;

        public ICanTell Gateway { get; set; } = gateway;

        public NodeStatus? Status { get; set; }
    }
}
