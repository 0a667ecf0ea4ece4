using System.Net;
using Akka;
using Akka.Streams.Dsl;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>The interface between the listener and the transport of bytes: a source of incoming connections, each with a flow of bytes.</summary>
internal interface IClientTransport
{
    /// <summary>Listens at an address. The materialized task completes when the address is bound, and fails if it cannot be bound.</summary>
    /// <param name="address">Where to listen; port 0 means any free port.</param>
    /// <param name="backlog">How many connections the operating system may keep that are not accepted yet.</param>
    Source<Incoming, Task<Binding>> Bind(HostPort address, int backlog);

    /// <summary>A connection that was accepted.</summary>
    /// <param name="Remote">The client's address.</param>
    /// <param name="Flow">Takes the bytes for the client, and gives the bytes from the client. Either direction may end before the other. The bytes
    /// from the client are valid until the next ones are requested. The bytes for the client must not change until the flow requests the next
    /// ones.</param>
    /// <param name="IsOverLimit">True if the limits of the client's address do not let it in: it is told so, and the connection is closed.</param>
    sealed record Incoming(EndPoint Remote, Flow<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, NotUsed> Flow, bool IsOverLimit = false)
    {
        /// <summary>How much is read from the connection at a time, if the transport has such a bound.</summary>
        public ReadSize Reads { get; init; } = new();
    }

    /// <summary>A bound address.</summary>
    /// <param name="Local">The address.</param>
    /// <param name="Unbind">Stops listening. Open connections stay open.</param>
    sealed record Binding(IPEndPoint Local, Func<Task> Unbind);
}
