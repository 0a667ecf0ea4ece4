using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Event;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Transport;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>The transport over TLS, with clients on loopback sockets that trust the test's authority only.</summary>
internal sealed class TlsTransportKit : TransportKit, IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly TlsFiles _files;

    public TlsTransportKit()
    {
        var (certificate, key) = _certificates.Issue("server");
        var settings = new TlsSettings(certificate, key, ClientCertificates.Off, null, 64, TimeSpan.FromSeconds(20));
        _files = new TlsFiles(settings, TimeSpan.FromHours(1), NoLogger.Instance, TimeProvider.System);
        Transport = new TlsTransport(
            settings, _files, TransportTimings.Standard, new HandshakeFailures(TimeSpan.FromSeconds(1), NoLogger.Instance, TimeProvider.System), new NodeCounters(), TimeProvider.System);
    }

    public override IClientTransport Transport { get; }

    public override int MostInTransit => 32 * 1024 * 1024;

    public override async Task<ITransportClient> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, certificate, _, _) => _certificates.Issued(certificate));
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls13 });
            return new Client(socket, tls);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(e.Message, e);
        }
    }

    public void Dispose()
    {
        _files.Dispose();
        _certificates.Dispose();
    }

    private sealed class Client(Socket socket, SslStream tls) : ITransportClient
    {
        public Task SendAsync(ReadOnlyMemory<byte> bytes) => tls.WriteAsync(bytes).AsTask();

        public Task<int> ReadAsync(Memory<byte> into) => tls.ReadAsync(into).AsTask();

        public void CloseSending()
        {
            tls.ShutdownAsync().Wait();
            socket.Shutdown(SocketShutdown.Send);
        }

        public void Abort()
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        public void Dispose() => tls.Dispose();
    }
}
