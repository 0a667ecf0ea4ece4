using Akka.Actor;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Operators;

/// <summary>What the agent of a node looks into.</summary>
/// <param name="Self">This node.</param>
/// <param name="Listener">Takes clients and sends them away.</param>
/// <param name="Connections">The open connections.</param>
/// <param name="ConnectionSettings">Limits of connections.</param>
/// <param name="Routes">Where chats go.</param>
/// <param name="Links">The links to other nodes.</param>
/// <param name="Peers">What came over them.</param>
/// <param name="Counters">What became of chats.</param>
/// <param name="Trace">What happened to messages.</param>
/// <param name="Mailboxes">Takes every message to a mailbox; null where there are none.</param>
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
