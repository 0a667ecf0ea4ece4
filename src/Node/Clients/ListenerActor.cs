using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Transport;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Accepts clients up to the cap, sends further clients to other nodes, and closes connections at the login and idle time-outs.</summary>
/// <remarks>
/// <code>
/// Binding --bound--> Open --CloseAll--> Closing (every client is told) --no connection left--> unbound
/// </code>
/// While the listener closes, it still accepts new clients to tell them that the server closes. So it unbinds last.
/// A connection counts towards the cap from its acceptance until it begins to close. Then it may write its last lines for the close grace, and
/// does not count. As many connections may be closing as may be open. If more are closing, the one that began first is cut off.
/// </remarks>
internal sealed class ListenerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_sweepInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_refusalGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_drainInterval = TimeSpan.FromMilliseconds(100);

    private readonly IClientTransport _transport;
    private readonly ListenerSettings _settings;
    private readonly IActorRef _gateway;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IMaterializer _materializer = Context.Materializer();

    // Connections that count towards the cap, and all connections whose actor has not ended.
    private readonly HashSet<IActorRef> _open = [];
    private readonly HashSet<IActorRef> _alive = [];

    // Connections that are closing and whose actor has not ended, the oldest first.
    private readonly LinkedList<IActorRef> _leaving = [];
    private readonly Dictionary<IActorRef, LinkedListNode<IActorRef>> _leavingAt = [];
    private readonly ConnectionSettings _connectionSettings;
    private readonly ConnectionProps _makeConnection;
    private readonly ConnectionTable _connections;
    private readonly NodeDirectory _directory;
    private readonly NodeCounters _counters;
    private string _clientAddress = "";
    private IClientTransport.Binding? _binding;
    private IActorRef? _closeAsker;
    private ErrorCode? _closing;
    private long _lastId;
    private int _refusing;

    // State of a drain: the connections that were told to close; how many are told in a second (0: no drain); how many may be told now.
    private readonly HashSet<IActorRef> _sentAway = [];
    private int _drainPace;
    private double _drainAllowance;
    private long _moved;

    /// <summary>Makes the listener; it binds at once and tells its parent <see cref="Bound"/> or <see cref="BindFailed"/>.</summary>
    /// <param name="transport">Accepts connections and carries their bytes.</param>
    /// <param name="settings">The address, the cap and other settings.</param>
    /// <param name="connectionSettings">Limits and other settings of a connection.</param>
    /// <param name="makeConnection">Makes the actor of a connection.</param>
    /// <param name="connections">The open connections.</param>
    /// <param name="directory">Knows the other nodes.</param>
    /// <param name="counters">Counts connections that are refused or cut off.</param>
    /// <param name="gateway">Receives the number of connections whenever it changes, and tells the other nodes.</param>
    public ListenerActor(
        IClientTransport transport,
        ListenerSettings settings,
        ConnectionSettings connectionSettings,
        ConnectionProps makeConnection,
        ConnectionTable connections,
        NodeDirectory directory,
        NodeCounters counters,
        IActorRef gateway)
    {
        _transport = transport;
        _settings = settings;
        _connectionSettings = connectionSettings;
        _makeConnection = makeConnection;
        _connections = connections;
        _directory = directory;
        _counters = counters;
        _gateway = gateway;
        Receive<Bound>(m =>
        {
            _binding = m.Binding;
            _clientAddress = m.ClientAddress;
            Context.Parent.Tell(m);
            TellStatus();
        });
        Receive<BindFailed>(Context.Parent.Tell);
        Receive<StreamStarted>(_ => Sender.Tell(StreamAck.Instance));
        Receive<IClientTransport.Incoming>(m =>
        {
            Accept(m);
            Sender.Tell(StreamAck.Instance);
        });
        Receive<StreamEnded>(m =>
        {
            // A node that can no longer accept clients must end, because nobody would notice it. A failed bind is reported elsewhere.
            if (m.Cause is not null && _binding is not null)
                throw new InvalidOperationException("clients cannot be accepted any more", m.Cause);
        });
        Receive<Terminated>(m =>
        {
            OnLeft(m.ActorRef);
            OnClosed(m.ActorRef);
            _alive.Remove(m.ActorRef);
            AnswerIfAllClosed();
        });
        Receive<ConnectionMessage.ClosingStarted>(_ =>
        {
            OnLeft(Sender);
            OnLeaving(Sender);
        });
        Receive<RefusalOver>(_ => _refusing--);
        Receive<Sweep>(_ => SweepTimeouts());
        Receive<CloseAll>(m => OnCloseAll(m.Reason));
        Receive<AskDrain>(_ => TellDrain());
        Receive<SetDrain>(OnDrain);
        Receive<DrainTick>(_ => SendAway());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>If the actor of a connection fails, only that connection is closed. Its client can connect again.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new EndProcessStrategy(_alive.Contains);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Sweep.Instance, Sweep.Instance, s_sweepInterval);
        var sink = Sink.ActorRefWithAck<IClientTransport.Incoming>(
            Self, new StreamStarted(), StreamAck.Instance, new StreamEnded(null), e => new StreamEnded(e));
        _transport.Bind(_settings.Address, _settings.Backlog).ToMaterialized(sink, Keep.Left).Run(_materializer).PipeTo(
            Self,
            success: binding => new Bound(binding, (_settings.Advertise?.ToString() ?? binding.Local.ToString())!),
            failure: e => new BindFailed(e.GetBaseException().Message));
    }

    private void Accept(IClientTransport.Incoming incoming)
    {
        if (_open.Count >= _settings.MaxConnections || _closing is not null || _drainPace > 0)
        {
            Refuse(incoming);
            return;
        }

        var settings = _connectionSettings;
        var connection = new ClientConnection(++_lastId, new Outbound(settings.OutboundLimit, settings.Deliveries), settings.WaitingLimit);
        var actor = Context.ActorOf(_makeConnection(connection, _clientAddress));
        connection.Attach(actor);
        Context.Watch(actor);
        _open.Add(actor);
        _alive.Add(actor);
        TellStatus();
        incoming.Flow.Join(Flow.FromGraph(new ConnectionStage(connection, settings.MaxLine, actor))).Run(_materializer);
    }

    private void Refuse(IClientTransport.Incoming incoming)
    {
        _counters.RefusedConnection();
        if (_refusing >= _settings.Backlog)
        {
            incoming.Flow.Join(Flow.FromSinkAndSource(Sink.Cancelled<ReadOnlyMemory<byte>>(), Source.Empty<ReadOnlyMemory<byte>>())).Run(_materializer);
            return;
        }

        _refusing++;
        var line = new Utf8Buffer();
        _directory.SendElsewhere(line, json: true, _closing ?? ErrorCode.ServerFull);
        var self = Self;

        // The client's input is read and dropped until the client closes. Closing with unread input would reset the connection, and the client
        // could lose the line.
        var input = Flow.Create<ReadOnlyMemory<byte>>().CompletionTimeout(s_refusalGrace).ToMaterialized(Sink.Ignore<ReadOnlyMemory<byte>>(), Keep.Right);
        incoming.Flow
            .JoinMaterialized(
                Flow.FromSinkAndSource(input, Source.Single<ReadOnlyMemory<byte>>(line.Written.ToArray()), Keep.Left), Keep.Right)
            .Run(_materializer)
            .ContinueWith(_ => self.Tell(RefusalOver.Instance), TaskContinuationOptions.ExecuteSynchronously);
    }

    private void OnLeft(IActorRef actor)
    {
        if (!_open.Remove(actor))
            return;
        _sentAway.Remove(actor);
        TellStatus();
    }

    /// <summary>Records a closing connection. There may be as many of them as open ones; above that the oldest is cut off.</summary>
    private void OnLeaving(IActorRef actor)
    {
        _leavingAt[actor] = _leaving.AddLast(actor);
        if (_leaving.Count <= _settings.MaxConnections)
            return;
        var oldest = _leaving.First!.Value;
        OnClosed(oldest);
        oldest.Tell(new ConnectionMessage.CutOff());
        _counters.CutShort();
    }

    private void OnClosed(IActorRef actor)
    {
        if (_leavingAt.Remove(actor, out var node))
            _leaving.Remove(node);
    }

    private void TellStatus() => _gateway.Tell(new LinkMessages.OwnStatus(
        _clientAddress, _open.Count, _closing is not null || _drainPace > 0 ? 0 : _settings.MaxConnections));

    private void SweepTimeouts()
    {
        var now = Environment.TickCount64;
        var login = (long)_connectionSettings.LoginTimeout.TotalMilliseconds;
        var idle = _connectionSettings.IdleTimeout is { } limit ? (long)limit.TotalMilliseconds : long.MaxValue;
        foreach (var connection in _connections.All)
        {
            if (!connection.IsLoggedIn && now - connection.Accepted >= login)
                connection.Actor.Tell(new CloseConnection(ErrorCode.LoginTimeout));
            else if (now - connection.LastRead >= idle)
                connection.Actor.Tell(new CloseConnection(ErrorCode.IdleTimeout));
        }
    }

    private void OnDrain(SetDrain drain)
    {
        if (_drainPace == 0 && drain.PerSecond > 0)
        {
            (_moved, _drainAllowance) = (0, 1);
            Timers.StartPeriodicTimer(DrainTick.Instance, DrainTick.Instance, TimeSpan.Zero, s_drainInterval);
        }
        else if (drain.PerSecond == 0)
            Timers.Cancel(DrainTick.Instance);
        _drainPace = drain.PerSecond;
        TellStatus();
        TellDrain();
    }

    /// <summary>Sends as many clients to other nodes as the pace allows. Each is told which nodes accept clients.</summary>
    private void SendAway()
    {
        _drainAllowance += _drainPace * s_drainInterval.TotalSeconds;
        var next = _open.Where(c => !_sentAway.Contains(c)).Take((int)_drainAllowance).ToList();
        foreach (var connection in next)
        {
            _sentAway.Add(connection);
            connection.Tell(new CloseConnection(ErrorCode.ServerClosing));
        }

        _moved += next.Count;
        _drainAllowance = Math.Min(_drainAllowance - next.Count, 1);
    }

    private void TellDrain() =>
        Sender.Tell(new DrainStatus(_clientAddress, _open.Count, _settings.MaxConnections, _drainPace > 0, _moved));

    private void OnCloseAll(ErrorCode reason)
    {
        _closeAsker = Sender;
        _closing = reason;
        TellStatus();
        foreach (var connection in _open)
            connection.Tell(new CloseConnection(reason));
        AnswerIfAllClosed();
    }

    private void AnswerIfAllClosed()
    {
        if (_alive.Count > 0 || _closeAsker is not { } asker)
            return;
        _closeAsker = null;
        (_binding?.Unbind() ?? Task.CompletedTask).ContinueWith(
            _ => asker.Tell(AllClosed.Instance), TaskContinuationOptions.ExecuteSynchronously);
    }

    /// <summary>The listener is bound.</summary>
    /// <param name="Binding">The bound socket.</param>
    /// <param name="ClientAddress">Address at which clients reach this node.</param>
    public sealed record Bound(IClientTransport.Binding Binding, string ClientAddress);

    /// <summary>The listener could not be bound.</summary>
    /// <param name="Reason">The cause, for people.</param>
    public sealed record BindFailed(string Reason);

    /// <summary>Closes every connection with a line that says why, and then stops listening. Answered with <see cref="AllClosed"/>.</summary>
    /// <param name="Reason">The error that clients are sent: <see cref="ErrorCode.ServerClosing"/> or <see cref="ErrorCode.CutOff"/>.</param>
    public sealed record CloseAll(ErrorCode Reason);

    /// <summary>Asks for a <see cref="DrainStatus"/>.</summary>
    public sealed class AskDrain
    {
        /// <summary>The one instance.</summary>
        public static readonly AskDrain Instance = new();
    }

    /// <summary>Begins or ends a drain: clients are sent to other nodes and no new ones are accepted. Answered with a <see cref="DrainStatus"/>.</summary>
    /// <param name="PerSecond">How many clients are sent away in a second; 0 ends the drain.</param>
    public sealed record SetDrain(int PerSecond);

    /// <summary>The state of the listener and its drain.</summary>
    /// <param name="ClientAddress">Address at which clients reach this node.</param>
    /// <param name="Open">The number of open connections.</param>
    /// <param name="Capacity">The cap, which applies while there is no drain.</param>
    /// <param name="IsDraining">True during a drain.</param>
    /// <param name="Moved">Clients sent away since the last drain began.</param>
    public sealed record DrainStatus(string ClientAddress, int Open, int Capacity, bool IsDraining, long Moved);

    /// <summary>All connections are closed, and the listener is unbound.</summary>
    public sealed class AllClosed
    {
        /// <summary>The one instance.</summary>
        public static readonly AllClosed Instance = new();
    }

    private sealed record StreamStarted;

    private sealed record StreamEnded(Exception? Cause);

    private sealed class StreamAck
    {
        public static readonly StreamAck Instance = new();
    }

    private sealed class RefusalOver
    {
        public static readonly RefusalOver Instance = new();
    }

    private sealed class DrainTick
    {
        public static readonly DrainTick Instance = new();
    }

    private sealed class Sweep
    {
        public static readonly Sweep Instance = new();
    }
}
