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

/// <summary>Receives what other nodes and the relay send to this node. It keeps a link to every living node, and chooses the path of the
/// links.</summary>
/// <remarks>Frames go through the relay while one acts and is usable, otherwise directly from gateway to gateway. With <c>chat.routing = direct</c>
/// they always go directly. Frames and heartbeats from a relay of an older term are ignored.</remarks>
internal sealed class GatewayActor : ReceiveActor, IWithTimers
{
    /// <summary>A status that did not change is sent again after this many intervals, because the last one may have been lost.</summary>
    private const int RepeatStatusEvery = 10;

    /// <summary>This long after the removal of a member, readers are told to ask their mailboxes again.</summary>
    private static readonly TimeSpan[] s_mailboxesMove = [TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3)];

    private static readonly TimeSpan s_statusInterval = TimeSpan.FromSeconds(1);

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
    private readonly GoneNodes _gone = new(TimeProvider.System);
    private NodeStatus _status;
    private NodeStatus? _told;
    private int _unchanged;
    private readonly RelayPath _relay;

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
        TraceLog trace)
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
        _relay = new RelayPath(settings.RelaySilence);
        _status = new NodeStatus(self, "", 0, 0, WantsReply: false);
        Receive<LinkFrame>(OnFrame);
        Receive<RelayHello>(OnRelay);
        Receive<MailboxNudge>(m => _connections.Find(m.Connection)?.Actor.Tell(m));
        Receive<RelayDied>(m => OnRelayDied(m.Relay));
        Receive<DisassociatedEvent>(m => OnConnectionLost(m.RemoteAddress));
        Receive<CheckRelay>(_ => OnDoubt(_relay.CheckSilence(TimeProvider.System), "sent no heartbeat for too long"));
        Receive<NodeStatus>(OnStatus);
        Receive<OwnStatus>(m => _status = _status with { ClientAddress = m.ClientAddress, Connections = m.Connections, Capacity = m.Capacity });
        Receive<TellStatus>(_ => TellStatusIfChanged());
        Receive<ClusterEvent.MemberDowned>(m => OnGone(m.Member));
        Receive<ClusterEvent.MemberRemoved>(m =>
        {
            OnGone(m.Member);

            // The mailboxes of that node start on other nodes soon, and do not know their readers there.
            foreach (var later in s_mailboxesMove)
                Timers.StartSingleTimer(later, MailboxesMoved.Instance, later);
        });
        Receive<MailboxesMoved>(m =>
        {
            foreach (var connection in _connections.All.Where(c => c.IsLoggedIn))
                connection.Actor.Tell(m);
        });
        Receive<ClusterEvent.IMemberEvent>(m => OnMember(m.Member));
        Receive<ClusterEvent.UnreachableMember>(m => OnDoubt(_relay.Doubt(m.Member.Address), "is unreachable"));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer(CheckRelay.Instance, CheckRelay.Instance, _settings.RelaySilence / 4);
        Timers.StartPeriodicTimer(TellStatus.Instance, TellStatus.Instance, s_statusInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new EndProcessStrategy();

    private void OnFrame(LinkFrame frame)
    {
        if (frame.Target != _self || (frame.Term != 0 && _relay.IsOutOfOffice(frame.Term)))
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
        var path = CurrentPath(gateway);
        var line = _ledger.Of(node);
        var actor = Context.ActorOf(
            Props.Create(() => new LinkActor(_self, link, path, gateway, _settings, _receiver, _connections, _counters, line, _trace)));
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
            OnRelayDied(relay);
        _gone.Add(node, gone => _cluster.State.Members.Any(m => m.UniqueAddress.ToNodeId() == gone));
        if (!_peers.Remove(node, out var peer))
            return;
        _log.Info("Node {0} left the cluster: its link is closed, and chats with an id that were on their way to it are looked up again", node);
        _links.Remove(node);
        _ledger.Gone(node);
        peer.Actor.Tell(LinkActor.Close.Instance);
        PublishNodes();
    }

    private void OnRelay(RelayHello hello)
    {
        if (_relay.IsOutOfOffice(hello.Term))
        {
            _log.Warning("Ignored the heartbeat of a relay of term {0}: a relay of term {1} has taken over", hello.Term, _relay.Term);
            return;
        }

        Sender.Tell(new GatewayHello(_self, hello.Term));
        var isNew = !Sender.Equals(_relay.Relay);
        if (!_relay.Heard(Sender, hello.Term, TimeProvider.System.GetTimestamp()))
            return;
        if (isNew)
            Context.WatchWith(Sender, new RelayDied(Sender));
        UseCurrentPath(_throughRelay ? "through the relay" : "from node to node, as set by chat.routing");
    }

    private void OnRelayDied(IActorRef relay)
    {
        if (_relay.Died(relay))
            UseCurrentPath("from node to node, as there is no relay now");
    }

    private void OnDoubt(bool changed, string why)
    {
        if (changed)
            UseCurrentPath($"from node to node, as the relay {why}");
    }

    private void OnConnectionLost(Address address)
    {
        OnDoubt(_relay.Doubt(address), "is not connected any more");
        foreach (var (node, peer) in _peers)
        {
            if (node.Host == address.Host && node.Port == address.Port)
                peer.Actor.Tell(LinkActor.PathBroke.Instance);
        }
    }

    private ICanTell CurrentPath(ICanTell direct) => _throughRelay && _relay.Usable is { } relay ? relay : direct;

    private void UseCurrentPath(string way)
    {
        _log.Info("Chats for other nodes go {0} (term {1})", way, _relay.Term);
        foreach (var peer in _peers.Values)
            peer.Actor.Tell(new LinkActor.UsePath(CurrentPath(peer.Gateway), peer.Gateway));
    }

    private void OnStatus(NodeStatus status)
    {
        if (FindPeer(status.Node) is not { } peer)
            return;
        peer.Status = status;

        // The sender is the gateway itself. Sending to its reference costs less than sending to its path.
        if (peer.Gateway is ActorSelection)
        {
            peer.Gateway = Sender;
            peer.Actor.Tell(new LinkActor.UsePath(CurrentPath(Sender), Sender));
        }

        if (status.WantsReply)
            Sender.Tell(_status);
        PublishNodes();
    }

    private void TellStatusIfChanged()
    {
        PublishNodes();
        if (_status == _told && ++_unchanged < RepeatStatusEvery)
            return;
        _told = _status;
        _unchanged = 0;
        foreach (var peer in _peers.Values)
            peer.Gateway.Tell(_status, Self);
    }

    private void PublishNodes() => _directory.Update(_peers.Values.Select(p => p.Status).OfType<NodeStatus>().Append(_status));

    /// <summary>Sets what this node tells the other nodes about itself.</summary>
    /// <param name="ClientAddress">Where clients reach this node; empty while it does not listen.</param>
    /// <param name="Connections">How many connections it has now.</param>
    /// <param name="Capacity">The most connections it accepts; 0 while it accepts none.</param>
    public sealed record OwnStatus(string ClientAddress, int Connections, int Capacity);

    private sealed record RelayDied(IActorRef Relay);

    private sealed class CheckRelay
    {
        public static readonly CheckRelay Instance = new();
    }

    private sealed class TellStatus
    {
        public static readonly TellStatus Instance = new();
    }

    private sealed class Peer(IActorRef actor, ICanTell gateway)
    {
        public IActorRef Actor => actor;

        public ICanTell Gateway { get; set; } = gateway;

        public NodeStatus? Status { get; set; }
    }
}
