using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using ChatAkka.Runtime.Proof;

namespace ChatAkka.Runtime;

/// <summary>Transport of Akka.Remote over sockets, without an event loop between socket and actor. Input is handled on the thread that read it, and
/// output is sent at the end of that thread's turn (docs/decisions/0021).</summary>
/// <remarks>The bytes are the same as those of Akka.Remote's own TCP transport: a length of four bytes (little-endian) before each payload. So
/// members with either transport can communicate, if they prove nothing. If the actor system has a <see cref="MemberSecurity"/>, connections begin with proofs
/// (docs/decisions/0051). Settings: <c>akka.remote.socket-tcp</c>.</remarks>
public sealed class SocketRemoteTransport : Transport
{
    private static readonly BegunConnection s_bare = new(null, null, default);

    private readonly TaskCompletionSource<IAssociationEventListener> _listener = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<MemberAssociation> _open = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log;
    private readonly (string Host, int Port) _address;
    private readonly TimeSpan _connectTimeout;
    private readonly int _backlog;
    private readonly RemotingTimings _timings;
    private readonly TimeProvider _time;
    private readonly AssociationSettings _associations;
    private readonly MemberGuard? _guard;
    private readonly RefusalLog _refused;
    private readonly RefusalLog _refusing;
    private Socket? _server;
    private Address? _local;

    /// <summary>Called by Akka.Remote.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="config">The configuration section of the transport.</param>
    public SocketRemoteTransport(ActorSystem system, Config config)
        : this(system, config, RemotingTimings.Standard, TimeProvider.System)
    {
    }

    /// <summary>Makes a transport with given timings and clock.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="config">The configuration section of the transport.</param>
    /// <param name="timings">Its intervals and time limits.</param>
    /// <param name="time">The clock.</param>
    internal SocketRemoteTransport(ActorSystem system, Config config, RemotingTimings timings, TimeProvider time)
    {
        _timings = timings;
        _time = time;
        System = system;
        Config = config;
        _log = Logging.GetLogger(system, typeof(SocketRemoteTransport));
        SchemeIdentifier = "tcp";
        MaximumPayloadBytes = config.GetByteSize("maximum-frame-size", null) ?? throw Missing("maximum-frame-size");
        _connectTimeout = config.GetTimeSpan("connection-timeout", null);
        _backlog = config.GetInt("backlog");
        _address = (config.GetString("hostname", null) ?? throw Missing("hostname"), config.GetInt("port"));
        _refused = new RefusalLog("A connection was refused that is not of a member of this cluster, from", timings.RefusalPace, _log, time);
        _refusing = new RefusalLog("This process cannot connect to the member at", timings.RefusalPace, _log, time);
        _associations = new AssociationSettings((int)MaximumPayloadBytes, timings.CloseGrace, time, Forget, OnRefused, OnImpostor);
        var security = system.Settings.Setup.Get<MemberSecurity>();
        if (security.HasValue)
            _guard = new MemberGuard(security.Value, timings, _log, time);
    }

    /// <summary>How many connections of others were refused.</summary>
    internal long RefusedConnections => _refused.Count;

    /// <summary>How often a member could not be connected to, because one side refused the other.</summary>
    internal long RefusedDials => _refusing.Count;

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => true;

    /// <inheritdoc/>
    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var host = await AddressOfAsync(_address.Host).ConfigureAwait(false);
        _server = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _server.Bind(new IPEndPoint(host, _address.Port));
        _server.Listen(_backlog);
        _local = new Address(SchemeIdentifier, System.Name, _address.Host, ((IPEndPoint)_server.LocalEndPoint!).Port);
        _ = AcceptAsync(_server);
        return (_local, _listener);
    }

    /// <inheritdoc/>
    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        if (_guard is null)
            return await DialAsync(remoteAddress, MemberWay.Bare).ConfigureAwait(false);
        var ways = _guard.Ways;
        for (var i = 0; ; i++)
        {
            try
            {
                return await DialAsync(remoteAddress, ways[i]).ConfigureAwait(false);
            }
            catch (InvalidAssociationException e) when (e.InnerException is IOException && !_stopping.IsCancellationRequested)
            {
                // During a change, the member may be one that knows nothing of it. Then there is another way.
                if (i < ways.Count - 1)
                    continue;
                _refusing.Add(remoteAddress, e.InnerException.Message);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<bool> Shutdown()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _server?.Dispose();
        _guard?.Dispose();
        if (_refused.Count + _refusing.Count > 0)
            _log.Info("Connections refused that are not of members of this cluster: {0}. Connections to members that one of the two refused: {1}", _refused.Count, _refusing.Count);
        List<MemberAssociation> open;
        lock (_open)
            open = [.. _open];
        foreach (var association in open)
            association.Close();
        await Task.WhenAll(open.Select(a => a.Closed)).ConfigureAwait(false);
        return true;
    }

    private static ConfigurationException Missing(string key) => new($"akka.remote.socket-tcp.{key} is not set");

    private static async Task<IPAddress> AddressOfAsync(string host)
    {
        if (IPAddress.TryParse(host, out var address))
            return address;
        var all = await Dns.GetHostAddressesAsync(host).ConfigureAwait(false);
        return all.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? all[0];
    }

    private async Task AcceptAsync(Socket server)
    {
        var listener = await _listener.Task.ConfigureAwait(false);
        var isFailing = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_guard is null)
                    Take(await server.AcceptAsync(_stopping.Token).ConfigureAwait(false), null, listener);
                else
                    await TakeNextAsync(server, _guard, listener).ConfigureAwait(false);
                isFailing = false;
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // For example, the process has too many open files. Connections that close free some.
                if (!isFailing)
                {
                    _log.Error(e, "Connections from other members cannot be accepted. Open connections are not affected; trying again every {0} ms",
                        _timings.AcceptPause.TotalMilliseconds);
                }

                isFailing = true;
                await Task.Delay(_timings.AcceptPause, _time).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Accepts a connection, and does not wait for its handshake.</summary>
    private async Task TakeNextAsync(Socket server, MemberGuard guard, IAssociationEventListener listener)
    {
        await guard.EnterAsync(_stopping.Token).ConfigureAwait(false);
        Socket? socket = null;
        try
        {
            socket = await server.AcceptAsync(_stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            if (socket is null)
                guard.Leave();
        }

        _ = TakeGuardedAsync(socket, guard, listener);
    }

    private async Task TakeGuardedAsync(Socket socket, MemberGuard guard, IAssociationEventListener listener)
    {
        EndPoint? peer = null;
        try
        {
            peer = socket.RemoteEndPoint;
            socket.NoDelay = true;
            if (await guard.AcceptAsync(socket, TextOf(_local!), _stopping.Token).ConfigureAwait(false) is { } begun)
                Take(socket, begun, listener);
            else
                socket.Dispose();
        }
        catch (Exception e)
        {
            // Whatever another process sends, and whatever fails here, ends this connection alone.
            socket.Dispose();
            if (!_stopping.IsCancellationRequested)
                _refused.Add(peer ?? (object)"an unknown address", RefusedException.ReasonOf(e));
        }
        finally
        {
            guard.Leave();
        }
    }

    private void Take(Socket socket, BegunConnection? begun, IAssociationEventListener listener)
    {
        MemberAssociation? association = null;
        try
        {
            socket.NoDelay = true;
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            var address = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
            association = Open(socket, new Address(SchemeIdentifier, System.Name, address.ToString(), remote.Port), begun);
            listener.Notify(new InboundAssociation(association));
        }
        catch (Exception e)
        {
            association?.Close();
            socket.Dispose();

            // A connection that the other side closed at once is not worth a log line.
            if (e is not SocketException)
                _log.Error(e, "A connection from another member was accepted but could not be set up, and is closed. The other member tries again");
        }
    }

    /// <summary>Connects to a member in one way.</summary>
    /// <exception cref="InvalidAssociationException">That is not possible.</exception>
    private async Task<AssociationHandle> DialAsync(Address remote, MemberWay way)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(_connectTimeout);
        try
        {
            await socket.ConnectAsync(remote.Host!, remote.Port ?? 0, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.Dispose();
            throw new InvalidAssociationException(e is SocketException ? $"{e.Message} {remote}" : $"No answer from {remote}", e);
        }

        if (_guard is null || way == MemberWay.Bare)
            return Open(socket, remote, null);
        try
        {
            return Open(socket, remote, await _guard.DialAsync(socket, way, TextOf(_local!), remote.Host!, TextOf(remote), limit.Token).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            socket.Dispose();
            var reason = RefusedException.ReasonOf(e);
            throw new InvalidAssociationException($"{remote}: {reason}", new IOException(reason, e));
        }
    }

    private MemberAssociation Open(Socket socket, Address remote, BegunConnection? begun)
    {
        begun ??= s_bare;
        MemberAssociation association = begun.Tls is null
            ? new SocketAssociation(socket, _local!, remote, begun, _associations)
            : new TlsAssociation(socket, _local!, remote, begun, _associations);
        lock (_open)
            _open.Add(association);
        return association;
    }

    private void Forget(MemberAssociation association)
    {
        lock (_open)
            _open.Remove(association);
    }

    private void OnRefused(Address peer, Refusal reason) => _refusing.Add(peer, new RefusedException(reason, isByPeer: true).Message);

    private void OnImpostor(Address peer) => _refused.Add(peer, "its first message is of another member than the one that it proved to be");

    private static string TextOf(Address address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
}
