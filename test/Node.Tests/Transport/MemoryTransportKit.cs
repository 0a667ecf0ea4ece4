using System.Net;
using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>The transport in memory, with its clients.</summary>
internal sealed class MemoryTransportKit : TransportKit
{
    private readonly MemoryTransport _transport = new();

    public override IClientTransport Transport => _transport;

    /// <summary>The pipe and the one read that the server was given.</summary>
    public override int MostInTransit => 2 * MemoryPipe.Capacity;

    public override async Task<ITransportClient> ConnectAsync(IPEndPoint server) => await _transport.ConnectAsync(server);
}
