using System.Net;
using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Clients;

/// <summary>Makes the parts of a new connection, so that the listener does not know what connections need.</summary>
/// <param name="settings">Limits and other settings of a connection.</param>
/// <param name="limits">What one connection may do.</param>
/// <param name="addresses">What one address may do.</param>
/// <param name="actorProps">Makes the actor of a connection.</param>
/// <param name="offersEcho">True if a person may be asked for a password, with the echo switched off.</param>
/// <param name="counters">Counts what the limits stop.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionFactory(
    ConnectionSettings settings, ConnectionLimits limits, AddressGate addresses, ConnectionProps actorProps, bool offersEcho, NodeCounters counters, TimeProvider time)
{
    /// <summary>Makes the passive part of a connection.</summary>
    /// <param name="id">Connection id, unique within the node.</param>
    /// <param name="remote">The client's address.</param>
    public ClientConnection Create(long id, EndPoint remote)
    {
        var address = (remote as IPEndPoint)?.Address ?? IPAddress.None;
        var outbound = new Outbound(settings.OutboundLimit, settings.Deliveries);
        return new ClientConnection(id, outbound, settings.WaitingLimit, time, address, new ConnectionBudget(limits, counters, time))
        {
            Stores = new StoreBudget(limits, addresses, address, counters, time),
        };
    }

    /// <summary>Gives the properties of the connection's actor.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">Address at which the client reached this node.</param>
    public Props PropsOf(ClientConnection connection, ClientAddress address) => actorProps(connection, address);

    /// <summary>Makes the stage between the connection's bytes and its actor.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="size">How much is read from it at a time.</param>
    /// <param name="actor">The connection's actor.</param>
    public ConnectionStage StageOf(ClientConnection connection, ReadSize size, IActorRef actor) =>
        new(
            connection,
            new LineBounds(Math.Min(limits.MaxLineBeforeLogin, settings.MaxLine), settings.MaxLine, size, offersEcho),
            limits.Bytes is { } rate ? new ReadBudget(rate, counters) : null,
            actor);
}
