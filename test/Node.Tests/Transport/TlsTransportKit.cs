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

    public override bool KeepsOrder => false;

    public override int MostInTransit => 32 * 1024 * 1024;

    public override async Task<ITransportClient> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, certificate, _, _) => _certificates.Issued(certificate));
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

    /// <summary>It shakes hands when it is connected; the server does so when somebody requests the connection.</summary>
    private sealed class Client : ITransportClient
    {
        private readonly Socket _socket;
        private readonly SslStream _tls;
        private readonly Task _handshake;

        public Client(Socket socket, SslStream tls)
        {
            (_socket, _tls) = (socket, tls);
            _handshake = tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls13 });
        }

        public async Task SendAsync(ReadOnlyMemory<byte> bytes)
        {
            await _handshake;
            await _tls.WriteAsync(bytes);
        }

        public async Task<int> ReadAsync(Memory<byte> into)
        {
            await _handshake;
            return await _tls.ReadAsync(into);
        }

        public void CloseSending()
        {
            _handshake.Wait();
            _tls.ShutdownAsync().Wait();
            _socket.Shutdown(SocketShutdown.Send);
        }

        public void Abort()
        {
            _handshake.ContinueWith(_ => { }, TaskScheduler.Default);
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Dispose();
        }

        public void Dispose() => _tls.Dispose();
    }
}
