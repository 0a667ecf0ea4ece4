using System.Net;
using System.Net.Sockets;
using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>The transport of production, with clients on loopback sockets.</summary>
/// <param name="door">Lets clients in; null: everybody.</param>
internal sealed class SocketTransportKit(ClientDoor? door = null) : TransportKit
{
    public override IClientTransport Transport { get; } = new SocketTransport(door ?? ClientDoor.Open, TransportTimings.Standard);

    /// <summary>The buffers of the kernel: it lets those of loopback grow to some MiB on each side.</summary>
    public override int MostInTransit => 32 * 1024 * 1024;

    public override async Task<ITransportClient> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server);
            return new Client(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(e.Message, e);
        }
    }

    private sealed class Client(Socket socket) : ITransportClient
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        public Task SendAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes).AsTask();

        public Task<int> ReadAsync(Memory<byte> into) => _stream.ReadAsync(into).AsTask();

        public void CloseSending() => socket.Shutdown(SocketShutdown.Send);

        public void Abort()
        {
            // The stream would first end its sending side in order, so the server could take the reset for an orderly end.
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        public void Dispose() => _stream.Dispose();
    }
}
