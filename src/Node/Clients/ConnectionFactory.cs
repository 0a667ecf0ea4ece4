using Akka.Actor;
using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Clients;

/// <summary>Makes the parts of a new connection, so that the listener does not know what connections need.</summary>
/// <param name="services">The parts of the node that connections use.</param>
internal sealed class ConnectionFactory(ConnectionServices services)
{
    /// <summary>Makes the passive part of a connection.</summary>
    /// <param name="id">Connection id, unique within the node.</param>
    public ClientConnection Create(long id) => new(
        id, new Outbound(services.Settings.OutboundLimit, services.Settings.Deliveries), services.Settings.WaitingLimit, services.Time);

    /// <summary>Gives the properties of the connection's actor.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="clientAddress">Address at which clients reach this node.</param>
    public Props PropsOf(ClientConnection connection, string clientAddress)
    {
        var bound = services with { ClientAddress = clientAddress };
        return Props.Create(() => new ConnectionActor(connection, bound));
    }

    /// <summary>Makes the stage between the connection's bytes and its actor.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="actor">The connection's actor.</param>
    public ConnectionStage StageOf(ClientConnection connection, IActorRef actor) => new(connection, services.Settings.MaxLine, actor);
}
