using System.Net;
using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>A transport under test, and the clients that fit it. A new transport needs one of these to run the contract.</summary>
internal abstract class TransportKit
{
    /// <summary>The transport.</summary>
    public abstract IClientTransport Transport { get; }

    /// <summary>The most bytes that a connection holds in one direction while nobody reads them.</summary>
    public abstract int MostInTransit { get; }

    /// <summary>True if connections are accepted in the order in which they came. Where clients shake hands first, the quicker one comes first.</summary>
    public virtual bool KeepsOrder => true;

    /// <summary>Connects a client.</summary>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public abstract Task<ITransportClient> ConnectAsync(IPEndPoint server);
}
