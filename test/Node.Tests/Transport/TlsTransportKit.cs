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

    public TlsTransportKit(ClientDoor? door = null)
    {
        var (certificate, key) = _certificates.Issue("server");
        var settings = new TlsSettings(certificate, key, ClientCertificates.Off, null, 64, TimeSpan.FromSeconds(20));
        _files = new TlsFiles(settings, TimeSpan.FromHours(1), NoLogger.Instance, TimeProvider.System);
        Transport = new TlsTransport(
            door ?? ClientDoor.Open, settings, _files, TransportTimings.Standard, new HandshakeFailures(TimeSpan.FromSeconds(1), NoLogger.Instance, TimeProvider.System), Counters, TimeProvider.System);
    }

    public NodeCounters Counters { get; } = new();

    public override IClientTransport Transport { get; }

    public override bool KeepsOrder => false;

    public override int MostInTransit => 32 * 1024 * 1024;

    public override async Task<ITransportClient> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server);
            var turns = new TurnStream(new NetworkStream(socket, ownsSocket: true));
            var tls = new SslStream(turns, false, (_, certificate, _, _) => _certificates.Issued(certificate));
            return new Client(socket, tls, turns);
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
        private readonly TurnStream _turns;
        private readonly Task _handshake;

        public Client(Socket socket, SslStream tls, TurnStream turns)
        {
            (_socket, _tls, _turns) = (socket, tls, turns);
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
            await _turns.BeginAsync();
            try
            {
                return await _tls.ReadAsync(into);
            }
            finally
            {
                _turns.End();
            }
        }

        public void CloseSending()
        {
            _handshake.Wait();
            _turns.BeginAsync().Wait();
            _tls.ShutdownAsync().Wait();
            _turns.End();
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

    /// <summary>
    /// Below a client's <see cref="SslStream"/>. OpenSSL must not end a connection while it decrypts for it, and SslStream does not prevent that: so a reader has the turn whenever it does not wait for the socket, and
    /// whoever ends the connection takes the turn first.
    /// </summary>
    private sealed class TurnStream(NetworkStream inner) : Stream
    {
        private readonly SemaphoreSlim _turn = new(1);
        private bool _reading;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public async Task BeginAsync()
        {
            await _turn.WaitAsync();
            _reading = true;
        }

        public void End()
        {
            _reading = false;
            _turn.Release();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_reading)
                return await inner.ReadAsync(buffer, cancellationToken);
            End();
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            finally
            {
                await BeginAsync();
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
