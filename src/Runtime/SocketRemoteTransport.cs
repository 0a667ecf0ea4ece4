using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;

namespace ChatAkka.Runtime;

/// <summary>Transport of Akka.Remote over sockets, without an event loop between socket and actor. Input is handled on the thread that read it, and
/// output is sent at the end of that thread's turn (docs/decisions/0021).</summary>
/// <remarks>The bytes are the same as those of Akka.Remote's own TCP transport: a length of four bytes (little-endian) before each payload. So
/// members with either transport can communicate. Settings: <c>akka.remote.socket-tcp</c>.</remarks>
public sealed class SocketRemoteTransport : Transport
{
    private readonly TaskCompletionSource<IAssociationEventListener> _listener = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<SocketAssociation> _open = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log;
    private readonly (string Host, int Port) _address;
    private readonly TimeSpan _connectTimeout;
    private readonly int _backlog;
    private readonly RemotingTimings _timings;
    private readonly TimeProvider _time;
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
    }

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
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            limit.CancelAfter(_connectTimeout);
            await socket.ConnectAsync(remoteAddress.Host!, remoteAddress.Port ?? 0, limit.Token).ConfigureAwait(false);
            return Open(socket, remoteAddress);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.Dispose();
            throw new InvalidAssociationException(e is SocketException ? $"{e.Message} {remoteAddress}" : $"No answer from {remoteAddress}", e);
        }
    }

    /// <inheritdoc/>
    public override async Task<bool> Shutdown()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _server?.Dispose();
        List<SocketAssociation> open;
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
                Take(await server.AcceptAsync(_stopping.Token).ConfigureAwait(false), listener);
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

    private void Take(Socket socket, IAssociationEventListener listener)
    {
        SocketAssociation? association = null;
        try
        {
            socket.NoDelay = true;
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            var address = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
            association = Open(socket, new Address(SchemeIdentifier, System.Name, address.ToString(), remote.Port));
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

    private SocketAssociation Open(Socket socket, Address remote)
    {
        var association = new SocketAssociation(socket, _local!, remote, (int)MaximumPayloadBytes, _timings.CloseGrace, _time, Forget);
        lock (_open)
            _open.Add(association);
        return association;
    }

    private void Forget(SocketAssociation association)
    {
        lock (_open)
            _open.Remove(association);
    }
}
