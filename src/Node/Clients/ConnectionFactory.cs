using System.Net;
using Akka.Actor;
using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Clients;

/// <summary>Makes the parts of a new connection, so that the listener does not know what connections need.</summary>
/// <param name="settings">Limits and other settings of a connection.</param>
/// <param name="actorProps">Makes the actor of a connection.</param>
/// <param name="asksForPasswords">True if a typed login asks for a password.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionFactory(ConnectionSettings settings, ConnectionProps actorProps, bool asksForPasswords, TimeProvider time)
{
    /// <summary>Makes the passive part of a connection.</summary>
    /// <param name="id">Connection id, unique within the node.</param>
    /// <param name="remote">The client's address.</param>
    public ClientConnection Create(long id, EndPoint remote) =>
        new(id, new Outbound(settings.OutboundLimit, settings.Deliveries), settings.WaitingLimit, time, (remote as IPEndPoint)?.Address);

    /// <summary>Gives the properties of the connection's actor.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="clientAddress">Address at which clients reach this node.</param>
    public Props PropsOf(ClientConnection connection, string clientAddress) => actorProps(connection, clientAddress);

    /// <summary>Makes the stage between the connection's bytes and its actor.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="actor">The connection's actor.</param>
    public ConnectionStage StageOf(ClientConnection connection, IActorRef actor) => new(connection, settings.MaxLine, asksForPasswords, actor);
}
