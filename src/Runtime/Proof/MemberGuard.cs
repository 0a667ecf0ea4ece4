using System.Net.Security;
using System.Net.Sockets;
using Akka.Event;
using ChatAkka.Runtime.Tls;

namespace ChatAkka.Runtime.Proof;

/// <summary>Begins connections between members: each side proves to the other that it belongs to the cluster, before Akka.Remote gets one byte.</summary>
internal sealed class MemberGuard : IDisposable
{
    /// <summary>The most handshakes with members that dialled that are under way. If there is one more, one that is silent ends.</summary>
    private const int MostHandshakes = 256;

    /// <summary>So much of a connection that was refused is read, so that the other side gets the reason.</summary>
    private const int MostDrained = 64 * 1024;

    private readonly MemberSecurity _security;
    private readonly RemotingTimings _timings;
    private readonly TimeProvider _time;
    private readonly WatchedFiles<IReadOnlyList<Cookie>>? _cookieFile;
    private readonly IReadOnlyList<Cookie> _cookies;
    private readonly WatchedFiles<MemberIdentity>? _identity;
    private readonly HandshakeGate _gate;
    private readonly SemaphoreSlim _places = new(MostHandshakes + 1);
    private readonly SemaphoreSlim _computing = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Reads the files.</summary>
    /// <exception cref="FileProblemException">A file cannot be used.</exception>
    public MemberGuard(MemberSecurity security, RemotingTimings timings, ILoggingAdapter log, TimeProvider time)
    {
        (_security, _timings, _time) = (security, timings, time);
        _gate = new HandshakeGate(MostHandshakes, timings.HandshakeLimit, timings.HandshakeInStorm, timings.HandshakeSilence, time);
        _cookies = security.CookieFile is null ? security.ReadCookies() : [];
        if (security.CookieFile is { } file)
        {
            _cookieFile = new WatchedFiles<IReadOnlyList<Cookie>>(
                [file],
                security.ReadCookies,
                now => log.Info("chat.cluster.cookie-file was read again. New connections to members prove one of {0} cookies", now.Count),
                e => log.Warning("{0} changed and cannot be used. New connections to members prove the former cookie: {1}", e.Path, e.Message),
                timings.FileCheck,
                time);
        }

        if (security.Tls is not { } tls)
            return;
        _identity = new WatchedFiles<MemberIdentity>(
            [tls.Certificate, tls.Key, tls.Authorities],
            () => MemberIdentity.Load(tls),
            now => log.Info("TLS between members: new connections get the certificate that was read again: {0}, valid until {1:u}", now.Subject, now.Expires),
            e => log.Warning("TLS between members: the files changed and cannot be used, so new connections get the former certificate: {0}: {1}", e.Path, e.Message),
            timings.FileCheck,
            time);
    }

    /// <summary>The ways in which a member is dialled; the next one only if the one before failed.</summary>
    public IReadOnlyList<MemberWay> Ways
    {
        get
        {
            MemberWay[] ways =
            [
                .. _identity is null ? Array.Empty<MemberWay>() : [MemberWay.Tls],
                .. _security.HasCookie ? [MemberWay.Cookie] : Array.Empty<MemberWay>(),
                MemberWay.Bare,
            ];
            return _security.IsTransition ? ways : ways[..1];
        }
    }

    private CookieProof Proof => new(_cookieFile?.Current ?? _cookies, _security.IsTransition);

    /// <summary>Waits until one more handshake may begin. It ends with <see cref="Leave"/>.</summary>
    public Task EnterAsync(CancellationToken stop) => _places.WaitAsync(stop);

    /// <summary>A handshake has ended.</summary>
    public void Leave() => _places.Release();

    /// <summary>Begins a connection that this member dialled.</summary>
    /// <param name="socket">Its socket, which is connected.</param>
    /// <param name="way">How it begins.</param>
    /// <param name="self">This member's address.</param>
    /// <param name="host">The host that was dialled.</param>
    /// <param name="other">The address that was dialled.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="Exception">The connection failed, or one of the two refused the other.</exception>
    public async Task<BegunConnection> DialAsync(Socket socket, MemberWay way, string self, string host, string other, CancellationToken stop)
    {
        if (way == MemberWay.Bare)
            return new BegunConnection(null, null, default);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_timings.HandshakeLimit);
        var bytes = new HandshakeStream(new NetworkStream(socket), _computing, _time);
        SslStream? tls = null;
        try
        {
            if (way == MemberWay.Tls)
            {
                tls = new SslStream(bytes, leaveInnerStreamOpen: false);
                await tls.AuthenticateAsClientAsync(_identity!.Current.ForDialling(host), limit.Token).ConfigureAwait(false);
            }

            await Proof.DialAsync(tls ?? (Stream)bytes, self, other, limit.Token).ConfigureAwait(false);
            var begun = new BegunConnection(tls, null, default);
            tls = null;
            return begun;
        }
        finally
        {
            bytes.EndHandshake();
            if (tls is not null)
                await tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Begins a connection that another member dialled.</summary>
    /// <param name="socket">Its socket.</param>
    /// <param name="self">This member's address.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The connection; null if the other side ended it before it said anything, as a probe of the port does.</returns>
    /// <exception cref="Exception">The connection failed, or one of the two refused the other.</exception>
    public async Task<BegunConnection?> AcceptAsync(Socket socket, string self, CancellationToken stop)
    {
        var bytes = new HandshakeStream(new NetworkStream(socket), _computing, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var place = _gate.Begin(bytes, limit);
        try
        {
            var start = new byte[ProofWire.MagicBytes];
            if (await ReadStartAsync(bytes, start, limit.Token).ConfigureAwait(false) == 0)
                return null;
            if (!ProofWire.IsMagic(start) && !ProofWire.IsTls(start))
                return _security.IsTransition ? new BegunConnection(null, null, start) : throw await RefuseAsync(bytes, socket, Needed, limit).ConfigureAwait(false);
            bytes.Unread(start);
            return ProofWire.IsTls(start)
                ? await AcceptTlsAsync(bytes, socket, self, limit).ConfigureAwait(false)
                : new BegunConnection(null, await AcceptProofAsync(bytes, socket, self, limit).ConfigureAwait(false), default);
        }
        finally
        {
            bytes.EndHandshake();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cookieFile?.Dispose();
        _identity?.Dispose();
    }

    private Refusal Needed => _identity is null ? Refusal.CookieNeeded : Refusal.TlsNeeded;

    private static async Task<int> ReadStartAsync(Stream bytes, byte[] start, CancellationToken stop)
    {
        try
        {
            var count = await bytes.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
            return count is 0 || count == start.Length ? count : throw new RefusedException(Refusal.NotUnderstood, isByPeer: false);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return 0;
        }
    }

    private async Task<string> AcceptProofAsync(HandshakeStream bytes, Socket socket, string self, CancellationTokenSource limit)
    {
        if (_identity is not null && !_security.IsTransition)
            throw await RefuseAsync(bytes, socket, Refusal.TlsNeeded, limit).ConfigureAwait(false);
        try
        {
            return await Proof.AcceptAsync(bytes, self, _ => true, limit.Token).ConfigureAwait(false);
        }
        catch (RefusedException e) when (!e.IsByPeer)
        {
            throw await RefuseAsync(bytes, socket, e.Reason, limit).ConfigureAwait(false);
        }
    }

    private async Task<BegunConnection> AcceptTlsAsync(HandshakeStream bytes, Socket socket, string self, CancellationTokenSource limit)
    {
        if (_identity is null)
            throw await RefuseAsync(bytes, socket, Refusal.NoTls, limit).ConfigureAwait(false);
        var tls = new SslStream(bytes, leaveInnerStreamOpen: false);
        var isBegun = false;
        try
        {
            await tls.AuthenticateAsServerAsync(_identity.Current.ForDialled(), limit.Token).ConfigureAwait(false);
            var from = await Proof.AcceptAsync(tls, self, address => MemberIdentity.IsFor(tls.RemoteCertificate, HostOf(address)), limit.Token).ConfigureAwait(false);
            isBegun = true;
            return new BegunConnection(tls, from, default);
        }
        catch (RefusedException e) when (!e.IsByPeer)
        {
            throw await RefuseAsync(tls, socket, e.Reason, limit).ConfigureAwait(false);
        }
        finally
        {
            if (!isBegun)
                await tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string HostOf(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address;

    /// <summary>Tells the other side why it is refused. It gets that only if what it sent has been read when the connection ends.</summary>
    private async Task<RefusedException> RefuseAsync(Stream peer, Socket socket, Refusal reason, CancellationTokenSource limit)
    {
        limit.CancelAfter(_timings.CloseGrace);
        try
        {
            await peer.WriteAsync(ProofWire.Message(ProofWire.Kind.Refused, [(byte)reason]), limit.Token).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
            var drained = new byte[ProofWire.MostBytes];
            for (int total = 0, count = 1; count > 0 && total < MostDrained; total += count)
                count = await peer.ReadAsync(drained, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side is gone, or it does not end. The connection ends anyway.
        }

        return new RefusedException(reason, isByPeer: false);
    }
}
