using System.Net.Sockets;
using Akka.Streams.Dsl;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>The client transport on sockets, with stream stages of our own. They read and write in the stream itself, whereas the TCP of Akka.Streams
/// needs an actor and an acknowledgement for each read and write (docs/decisions/0009).</summary>
internal sealed class SocketTransport : IClientTransport
{
    /// <inheritdoc/>
    public Source<IClientTransport.Incoming, Task<IClientTransport.Binding>> Bind(HostPort address, int backlog) =>
        Source.FromGraph(new AcceptStage(address, backlog));

    /// <summary>Sets the options of a socket. Each write is sent at once. The kernel detects a client whose host vanished: it begins to probe after a
    /// minute of silence, and gives up half a minute later.</summary>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
