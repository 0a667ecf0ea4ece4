using Akka.Actor;
using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Clients;

/// <summary>Makes the actor of a connection that the listener has accepted.</summary>
/// <param name="connection">The connection.</param>
/// <param name="address">Address at which the client reached this node. It is known when the listener is bound.</param>
internal delegate Props ConnectionProps(ClientConnection connection, ClientAddress address);
