using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Clients;

/// <summary>What every connection of a node uses.</summary>
/// <param name="Settings">Limits.</param>
/// <param name="Connections">The open connections.</param>
/// <param name="Routes">Where chats go.</param>
/// <param name="Registrar">Claims and releases sessions.</param>
/// <param name="Registry">Answers <c>who</c>.</param>
/// <param name="Directory">Knows the other nodes.</param>
/// <param name="Counters">Counts.</param>
/// <param name="Trace">Remembers what happens to messages.</param>
/// <param name="Mailboxes">Takes every message to a mailbox; null where there are none.</param>
/// <param name="LoginPatience">How long a login waits for its mailbox.</param>
/// <param name="Self">This node.</param>
/// <param name="ClientAddress">Where clients reach this node.</param>
/// <param name="Time">The clock.</param>
internal sealed record ConnectionServices(
    ConnectionSettings Settings,
    ConnectionTable Connections,
    RouteTable Routes,
    IActorRef Registrar,
    ISessionRegistry Registry,
    NodeDirectory Directory,
    NodeCounters Counters,
    TraceLog Trace,
    IActorRef? Mailboxes,
    TimeSpan LoginPatience,
    NodeId Self,
    string ClientAddress,
    TimeProvider Time);
