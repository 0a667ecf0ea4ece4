using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using Akka.Streams.Dsl;
using ChatAkka.Startup;

namespace ChatAkka.Node.Listening;

/// <summary>Akka.Streams' own TCP.</summary>
/// <param name="system">The actor system it runs in.</param>
internal sealed class StreamsTcpTransport(ActorSystem system) : IClientTransport
{
    private static readonly ImmutableList<Inet.SocketOption> s_options = [new ClientSocket()];

    /// <inheritdoc/>
    public Source<IClientTransport.Incoming, Task<IClientTransport.Binding>> Bind(HostPort address, int backlog) => system.TcpStream()
        .Bind(address.Host, address.Port, backlog, s_options, halfClose: true)
        .Select(c => new IClientTransport.Incoming(c.RemoteAddress, c.Flow))
        .MapMaterializedValue(async binding =>
        {
            var bound = await binding.ConfigureAwait(false);
            return new IClientTransport.Binding((IPEndPoint)bound.LocalAddress, bound.Unbind);
        });

    /// <summary>Sends what is written at once, and lets the kernel find out about a client whose host vanished: after a minute of
    /// silence, in half a minute.</summary>
    private sealed class ClientSocket : Inet.SocketOptionV2
    {
        public override void AfterConnect(Socket s)
        {
            s.NoDelay = true;
            s.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            s.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
            s.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            s.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        }
    }
}
