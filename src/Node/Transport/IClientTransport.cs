using System.Net;
using Akka;
using Akka.Streams.Dsl;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>The seam between the listener and what carries bytes: a source of incoming connections, each with a byte flow.</summary>
internal interface IClientTransport
{
    /// <summary>Listens; the materialized task ends when the address is bound, or fails.</summary>
    /// <param name="address">Where to listen; port 0 for a free one.</param>
    /// <param name="backlog">How many connections the system may keep that were not accepted yet.</param>
    Source<Incoming, Task<Binding>> Bind(HostPort address, int backlog);

    /// <summary>One connection that was accepted.</summary>
    /// <param name="Remote">The client's address.</param>
    /// <param name="Flow">Bytes to the client in, bytes from the client out. Either side may end before the other. Bytes that come out are
    /// valid until the next are asked for; bytes that go in must stay until the next are asked for.</param>
    sealed record Incoming(EndPoint Remote, Flow<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, NotUsed> Flow);

    /// <summary>A bound address.</summary>
    /// <param name="Local">The address.</param>
    /// <param name="Unbind">Stops listening; open connections stay.</param>
    sealed record Binding(IPEndPoint Local, Func<Task> Unbind);
}
