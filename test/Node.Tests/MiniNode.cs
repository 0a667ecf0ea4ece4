using System.Text;
using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Tests;

/// <summary>The routing of a node without its sockets: real routes, links and resolver over a wire that a test makes bad.</summary>
internal sealed class MiniNode
{
    public static readonly RoutingSettings Routing = new(true, 1000, TimeSpan.FromMilliseconds(5), 100, TimeSpan.FromSeconds(1));
    private static readonly LinkSettings s_link = new(16 * 1024, 200, 1024, 3, TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2));
    private readonly ActorSystem _system;
    private readonly LinkTable _links = new();
    private readonly ConnectionTable _connections;
    private readonly Dictionary<NodeId, IActorRef> _linkActors = [];
    private long _lastConnection;

    public MiniNode(ActorSystem system, int number, SharedRegistry registry)
    {
        _system = system;
        Id = new NodeId("mini", number, number);
        _connections = new ConnectionTable(Counters, Trace);
        Routes = new RouteTable(_connections, Routing.MaxAttempts, Id);
        Routes.Attach(system.ActorOf(Props.Create(() => new ResolverActor(Id, registry, _links, Routes, Routing, TimeProvider.System))));
    }

    public NodeId Id { get; }

    public NodeCounters Counters { get; } = new();

    public TraceLog Trace { get; } = new(TimeProvider.System);

    public Ledger Ledger => Counters.ToLedger(_links.All.Sum(l => l.CountChats()) + Routes.All.Sum(r => r.CountChats()));

    public RouteTable Routes { get; }

    public void Connect(MiniNode other, IActorRef wire)
    {
        var link = new Link(other.Id, s_link);
        var line = new PeerLedger().Of(other.Id);
        _linkActors[other.Id] = _system.ActorOf(Props.Create(() => new LinkActor(
            Id, link, true, wire, s_link, Routes, _connections, Counters, line, Trace, TimeProvider.System)));
        link.Attach(_linkActors[other.Id]);
        _links.Add(link);
    }

    public void Receive(LinkFrame frame) => _linkActors[frame.Origin].Tell(frame);

    public void UsePath(IActorRef wire)
    {
        foreach (var actor in _linkActors.Values)
            actor.Tell(new LinkMessages.RelayBecameUsable(wire));
    }

    public void Lose(NodeId other)
    {
        _links.Remove(other);
        _linkActors[other].Tell(new LinkMessages.CloseLink());
    }

    public MiniClient Client(string name, int waitingLimit = 2048)
    {
        var outbound = new Outbound(64 * 1024 * 1024, new DeliveryWriter(DeliveryTemplate.TryParse("{send} {content}")!));
        var connection = new ClientConnection(Interlocked.Increment(ref _lastConnection), outbound, waitingLimit, TimeProvider.System);
        _connections.Add(connection);
        return new MiniClient(name, connection, this);
    }

    /// <summary>A client of a mini node: what it was sent is read from its outbound side.</summary>
    internal sealed class MiniClient(string name, ClientConnection connection, MiniNode node)
    {
        private readonly LocalSession _session = new(UserName.TryCreate(name)!, connection, DeliveryFormat.Text);

        /// <summary>The registry names this node, as for a session that does not take chats directly yet.</summary>
        public void Claim(SharedRegistry registry) => registry.Places[name] = new SessionOwner(node.Id, connection.Id);

        public void LogIn(SharedRegistry registry)
        {
            Claim(registry);
            node.Routes.SetLocal(_session);
        }

        public void LogOut()
        {
            node.Routes.ClearLocal(_session);
            connection.Outbound.Close();
        }

        public async Task SendAsync(string recipient, string content, string id = "")
        {
            while (node.Routes.Send(TestChats.Chat(name, recipient, content, connection.Id, id), connection) == SendResult.Full)
                await Task.Delay(1);
            node.Counters.Accepted();
        }

        public List<string> Received()
        {
            var text = new StringBuilder();
            while (connection.Outbound.TryTake(out var bytes) == Outbound.Take.Bytes)
                text.Append(Encoding.UTF8.GetString(bytes.Span));
            return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }
    }
}
