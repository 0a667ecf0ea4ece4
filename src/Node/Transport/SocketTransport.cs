using System.Net.Sockets;
using Akka.Streams.Dsl;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>The client transport on sockets, with stream stages of our own. They read and write in the stream itself, whereas the TCP of Akka.Streams
/// needs an actor and an acknowledgement for each read and write (docs/decisions/0009).</summary>
/// <param name="door">Lets clients in.</param>
/// <param name="timings">Its intervals and time limits.</param>
internal sealed class SocketTransport(ClientDoor door, TransportTimings timings) : IClientTransport
{
    /// <inheritdoc/>
    public Source<IClientTransport.Incoming, Task<IClientTransport.Binding>> Bind(HostPort address, int backlog) =>
        door.Through(Source.FromGraph(new AcceptStage(address, backlog, timings))).Select(Take);

    private static IClientTransport.Incoming Take(AcceptedSocket accepted)
    {
        var reads = new ReadSize();
        var flow = Flow.FromGraph(new SocketStage(accepted.Socket, accepted.Place, reads));
        return new IClientTransport.Incoming(accepted.Remote, flow, IsOverLimit: accepted.Place is null) { Reads = reads };
    }

    /// <summary>The most bytes that the kernel takes beyond what it may send to the client now. Without this bound it takes megabytes, and takes the next ones
    /// when a third of them is sent: a client that reads slowly would look for a long time like one that does not read.</summary>
    private const int MostUnsent = 64 * 1024;

    /// <summary><c>TCP_NOTSENT_LOWAT</c> of Linux (tcp(7)), which .NET does not name.</summary>
    private const int LinuxNotSentLowat = 25;

    private const int LinuxTcp = 6;

    /// <summary>Sets the options of a socket. Each write is sent at once. The kernel detects a client whose host vanished: it probes a client that is
    /// silent, and closes the connection if the probes are not answered.</summary>
    public static void Prepare(Socket socket, TransportTimings timings)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)timings.KeepAliveAfter.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)timings.KeepAliveInterval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, timings.KeepAliveProbes);
        if (OperatingSystem.IsLinux())
            BoundUnsent(socket);
    }
    private static void BoundUnsent(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(LinuxTcp, LinuxNotSentLowat, BitConverter.GetBytes(MostUnsent));
        }
        catch (SocketException)
        {
            // A system that only looks like Linux may not know it. Everything else works without it.
        }
    }
}
