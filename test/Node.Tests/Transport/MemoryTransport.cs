using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Streams.Dsl;
using ChatAkka.Node.Transport;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>A client transport without sockets. Its ports exist only in this object.</summary>
/// <remarks>It keeps the contract as strictly as it can: the memory of a read is overwritten when the next read is requested.</remarks>
internal sealed class MemoryTransport : IClientTransport
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Channel<MemoryConnection>> _listening = [];
    private int _lastPort = 60_000;

    public Source<IClientTransport.Incoming, Task<IClientTransport.Binding>> Bind(HostPort address, int backlog) =>
        Source.FromGraph(new MemoryAcceptStage(this, address, backlog));

    /// <summary>Connects a client; waits while the backlog of the listener is full.</summary>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public async Task<MemoryConnection> ConnectAsync(IPEndPoint server)
    {
        Channel<MemoryConnection>? waiting;
        lock (_gate)
            waiting = _listening.GetValueOrDefault(server.Port);
        var connection = new MemoryConnection();
        try
        {
            await (waiting ?? throw new IOException("nobody listens there")).Writer.WriteAsync(connection);
            return connection;
        }
        catch (ChannelClosedException e)
        {
            throw new IOException("nobody listens there any more", e);
        }
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SocketException">Another listener has the port.</exception>
    public (IPEndPoint Local, ChannelReader<MemoryConnection> Waiting) Listen(HostPort address, int backlog)
    {
        lock (_gate)
        {
            var port = address.Port == 0 ? ++_lastPort : address.Port;
            var waiting = Channel.CreateBounded<MemoryConnection>(backlog);
            if (!_listening.TryAdd(port, waiting))
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            return (new IPEndPoint(IPAddress.Loopback, port), waiting.Reader);
        }
    }

    /// <summary>Stops listening. Connections that were not accepted are reset.</summary>
    public void Unlisten(IPEndPoint local)
    {
        Channel<MemoryConnection>? waiting;
        lock (_gate)
            _listening.Remove(local.Port, out waiting);
        waiting?.Writer.TryComplete();
        while (waiting?.Reader.TryRead(out var left) == true)
            left.Abort();
    }
}
