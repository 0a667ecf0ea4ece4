using System.Net.Sockets;
using Akka.Streams.Dsl;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>Stream stages of our own on sockets: they read and write in the stream itself, where Akka.Streams' own TCP puts an actor and
/// an acknowledgement around every read and write (docs/decisions/0009).</summary>
internal sealed class SocketTransport : IClientTransport
{
    /// <inheritdoc/>
    public Source<IClientTransport.Incoming, Task<IClientTransport.Binding>> Bind(HostPort address, int backlog) =>
        Source.FromGraph(new AcceptStage(address, backlog));

    /// <summary>Sends what is written at once, and lets the kernel find out about a client whose host vanished: after a minute of
    /// silence, in half a minute.</summary>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
