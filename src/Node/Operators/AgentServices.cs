using Akka.Actor;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Operators;

/// <summary>The parts of a node that its agent uses.</summary>
/// <param name="Self">This node.</param>
/// <param name="Listener">Accepts clients, and drains the node.</param>
/// <param name="Connections">The open connections.</param>
/// <param name="ConnectionSettings">Limits of connections.</param>
/// <param name="Routes">Sends chats to their recipients.</param>
/// <param name="Links">The links to other nodes.</param>
/// <param name="Peers">What became of the chats that came over the links.</param>
/// <param name="Counters">Counts what becomes of chats.</param>
/// <param name="Trace">The last events of messages.</param>
/// <param name="Mailboxes">Forwards requests to mailboxes; null if this node has no mailboxes.</param>
internal sealed record AgentServices(
    NodeId Self,
    IActorRef Listener,
    ConnectionTable Connections,
    ConnectionSettings ConnectionSettings,
    RouteTable Routes,
    LinkTable Links,
    PeerLedger Peers,
    NodeCounters Counters,
    TraceLog Trace,
    IActorRef? Mailboxes);
