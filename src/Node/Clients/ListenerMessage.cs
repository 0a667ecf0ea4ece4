using ChatAkka.Node.Transport;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Clients;

/// <summary>All messages that the <see cref="ListenerActor"/> receives and sends, apart from those of connections
/// (<see cref="ConnectionMessage"/>) and of its stream of incoming connections.</summary>
internal abstract record ListenerMessage
{
    private ListenerMessage()
    {
    }

    /// <summary>Tells the parent that all addresses are bound.</summary>
    /// <param name="Addresses">Addresses at which clients reach this node.</param>
    public sealed record Bound(IReadOnlyList<ClientAddress> Addresses) : ListenerMessage;

    /// <summary>Tells the listener that one address is bound.</summary>
    /// <param name="Binding">The bound address.</param>
    /// <param name="Address">Address at which clients reach this node there.</param>
    public sealed record EndpointBound(IClientTransport.Binding Binding, ClientAddress Address) : ListenerMessage;

    /// <summary>Tells the listener and its parent that an address could not be bound.</summary>
    /// <param name="Endpoint">The address, and how it is set.</param>
    /// <param name="Reason">The cause, as text for operators.</param>
    public sealed record BindFailed(ClientEndpoint Endpoint, string Reason) : ListenerMessage;

    /// <summary>A client has connected.</summary>
    /// <param name="Connection">Its connection.</param>
    /// <param name="Kind">How it is transported.</param>
    public sealed record Arrived(IClientTransport.Incoming Connection, ClientTransportKind Kind) : ListenerMessage;

    /// <summary>Closes every connection with a line that says why, and then stops listening. Answered with <see cref="AllClosed"/>.</summary>
    /// <param name="Reason">The error that clients are sent: <see cref="ErrorCode.ServerClosing"/> or <see cref="ErrorCode.CutOff"/>.</param>
    public sealed record CloseAll(ErrorCode Reason) : ListenerMessage;

    /// <summary>All connections are closed, and no address is bound any more.</summary>
    public sealed record AllClosed : ListenerMessage;

    /// <summary>Asks for a <see cref="DrainStatus"/>.</summary>
    public sealed record AskDrain : ListenerMessage;

    /// <summary>Begins a drain, changes its pace, or ends it. Answered with a <see cref="DrainStatus"/>.</summary>
    /// <param name="PerSecond">How many clients are sent to other nodes in a second; 0 ends the drain.</param>
    public sealed record SetDrain(int PerSecond) : ListenerMessage;

    /// <summary>The state of the listener and its drain.</summary>
    /// <param name="ClientAddress">Address at which clients reach this node: by TCP, or by TLS if it listens only there.</param>
    /// <param name="Open">The number of open connections.</param>
    /// <param name="Capacity">The cap, which applies while there is no drain.</param>
    /// <param name="IsDraining">True during a drain.</param>
    /// <param name="Moved">The number of clients that were sent to other nodes since the last drain began.</param>
    public sealed record DrainStatus(string ClientAddress, int Open, int Capacity, bool IsDraining, long Moved) : ListenerMessage;

    /// <summary>The stream of incoming connections has started.</summary>
    public sealed record StreamStarted : ListenerMessage;

    /// <summary>Tells the stream that the listener has taken an element, so that the stream accepts the next connection.</summary>
    public sealed record ElementTaken : ListenerMessage;

    /// <summary>The stream of incoming connections has ended.</summary>
    /// <param name="Kind">How the clients of this stream are transported.</param>
    /// <param name="Cause">Why; null if the address was unbound.</param>
    public sealed record StreamEnded(ClientTransportKind Kind, Exception? Cause) : ListenerMessage;

    /// <summary>A refused connection is closed.</summary>
    public sealed record RefusalEnded : ListenerMessage;

    /// <summary>A timer: it is time to send the next clients of the drain to other nodes.</summary>
    public sealed record DrainTick : ListenerMessage;

    /// <summary>A timer: it is time to look for connections whose login or idle time-out has passed.</summary>
    public sealed record SweepTick : ListenerMessage;
}
