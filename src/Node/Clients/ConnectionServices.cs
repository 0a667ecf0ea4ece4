using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Clients;

/// <summary>The parts of a node that every connection uses.</summary>
/// <param name="Settings">Limits and other settings of a connection.</param>
/// <param name="Connections">The open connections.</param>
/// <param name="Routes">Sends chats to their recipients.</param>
/// <param name="Registrar">Claims and releases sessions.</param>
/// <param name="LoginPolicy">Decides who may log in, before the session is claimed.</param>
/// <param name="Registry">Answers <c>who</c>.</param>
/// <param name="Directory">Knows the other nodes.</param>
/// <param name="Counters">Counts what becomes of chats and connections.</param>
/// <param name="Trace">Remembers the last events of messages, for operators.</param>
/// <param name="Mailboxes">Forwards requests to mailboxes; null if this node has no mailboxes.</param>
/// <param name="LoginPatience">How long the answer to a login waits for the mailbox.</param>
/// <param name="Self">This node.</param>
/// <param name="ClientAddress">Address at which clients reach this node.</param>
/// <param name="Time">The clock.</param>
internal sealed record ConnectionServices(
    ConnectionSettings Settings,
    ConnectionTable Connections,
    RouteTable Routes,
    IActorRef Registrar,
    ILoginPolicy LoginPolicy,
    ISessionRegistry Registry,
    NodeDirectory Directory,
    NodeCounters Counters,
    TraceLog Trace,
    IActorRef? Mailboxes,
    TimeSpan LoginPatience,
    NodeId Self,
    string ClientAddress,
    TimeProvider Time);
