using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Transport;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Accepts clients up to the cap, sends the others elsewhere, and watches over login and idle time.</summary>
/// <remarks>
/// <code>
/// Binding --bound--> Open --close all--> Closing, every client told --all gone--> unbound
/// </code>
/// While it closes, whoever comes is told so; so the address is given up last.
/// A connection counts from its acceptance until it is sent away; writing its last lines takes no place, and no longer than the grace.
/// As many may do that as may be open: who comes and goes faster than that costs those who went first their grace.
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

    // Those that take a place, and those whose socket is not closed yet.
    private readonly HashSet<IActorRef> _open = [];
    private readonly HashSet<IActorRef> _alive = [];

    // Those that were sent away and whose socket is not closed yet, the oldest first.
    private readonly LinkedList<IActorRef> _leaving = [];
    private readonly Dictionary<IActorRef, LinkedListNode<IActorRef>> _leavingAt = [];
    private ConnectionServices _services;
    private IClientTransport.Binding? _binding;
    private IActorRef? _closeAsker;
    private ErrorCode? _closing;
    private long _lastId;
    private int _refusing;

    // A drain: how many clients are sent away in a second, 0 for none; how many the time that passed allows; and who was told.
    private readonly HashSet<IActorRef> _sentAway = [];
    private int _drainPace;
    private double _drainAllowance;
    private long _moved;

    /// <summary>Makes the listener; it binds at once and tells its parent <see cref="Bound"/> or <see cref="BindFailed"/>.</summary>
    /// <param name="transport">What carries bytes.</param>
    /// <param name="settings">Where and how many.</param>
    /// <param name="services">What connections use; the client address is filled in when it is known.</param>
    /// <param name="gateway">Told the number of connections whenever it changes, for the other nodes.</param>
    public ListenerActor(IClientTransport transport, ListenerSettings settings, ConnectionServices services, IActorRef gateway)
    {
        _transport = transport;
        _settings = settings;
        _services = services;
        _gateway = gateway;
        Receive<Bound>(m =>
        {
            _binding = m.Binding;
            _services = _services with { ClientAddress = m.ClientAddress };
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
            // A node that takes no clients any more must not stay, as nobody would be told. Why it could not be bound is told already.
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
        Receive<ConnectionEvents.Left>(_ =>
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

    /// <summary>One connection's state is broken: that client is cut off and can come again; nobody else is touched.</summary>
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

        var settings = _services.Settings;
        var connection = new ClientConnection(++_lastId, new Outbound(settings.OutboundLimit, settings.Deliveries), settings.WaitingLimit);
        var services = _services;
        var actor = Context.ActorOf(Props.Create(() => new ConnectionActor(connection, services)));
        connection.Attach(actor);
        Context.Watch(actor);
        _open.Add(actor);
        _alive.Add(actor);
        TellStatus();
        incoming.Flow.Join(Flow.FromGraph(new ConnectionStage(connection, settings.MaxLine, actor))).Run(_materializer);
    }

    private void Refuse(IClientTransport.Incoming incoming)
    {
        _services.Counters.RefusedConnection();
        if (_refusing >= _settings.Backlog)
        {
            incoming.Flow.Join(Flow.FromSinkAndSource(Sink.Cancelled<ReadOnlyMemory<byte>>(), Source.Empty<ReadOnlyMemory<byte>>())).Run(_materializer);
            return;
        }

        _refusing++;
        var line = new Utf8Buffer();
        _services.Directory.SendElsewhere(line, json: true, _closing ?? ErrorCode.ServerFull);
        var self = Self;

        // What the client sends is read and dropped until it closes: closing with unread input would reset the connection, and the
        // client could lose the line.
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

    /// <summary>Its place is free, its socket is not closed yet: of such there may be as many as of open ones.</summary>
    private void OnLeaving(IActorRef actor)
    {
        _leavingAt[actor] = _leaving.AddLast(actor);
        if (_leaving.Count <= _settings.MaxConnections)
            return;
        var oldest = _leaving.First!.Value;
        OnClosed(oldest);
        oldest.Tell(ConnectionEvents.GiveUp.Instance);
        _services.Counters.CutShort();
    }

    private void OnClosed(IActorRef actor)
    {
        if (_leavingAt.Remove(actor, out var node))
            _leaving.Remove(node);
    }

    private void TellStatus() => _gateway.Tell(new GatewayActor.OwnStatus(
        _services.ClientAddress, _open.Count, _closing is not null || _drainPace > 0 ? 0 : _settings.MaxConnections));

    private void SweepTimeouts()
    {
        var now = Environment.TickCount64;
        var login = (long)_services.Settings.LoginTimeout.TotalMilliseconds;
        var idle = _services.Settings.IdleTimeout is { } limit ? (long)limit.TotalMilliseconds : long.MaxValue;
        foreach (var connection in _services.Connections.All)
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

    /// <summary>Sends as many clients away as the pace allows; each is told which nodes take more clients.</summary>
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
        Sender.Tell(new DrainStatus(_services.ClientAddress, _open.Count, _settings.MaxConnections, _drainPace > 0, _moved));

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
    /// <param name="Binding">What it is bound to.</param>
    /// <param name="ClientAddress">Where clients reach it.</param>
    public sealed record Bound(IClientTransport.Binding Binding, string ClientAddress);

    /// <summary>The listener cannot be bound.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record BindFailed(string Reason);

    /// <summary>Tells every client why the server closes, and closes; then listens no more. Answered with <see cref="AllClosed"/>.</summary>
    /// <param name="Reason">What clients are told: <see cref="ErrorCode.ServerClosing"/> or <see cref="ErrorCode.CutOff"/>.</param>
    public sealed record CloseAll(ErrorCode Reason);

    /// <summary>Asks for a <see cref="DrainStatus"/>.</summary>
    public sealed class AskDrain
    {
        /// <summary>The one instance.</summary>
        public static readonly AskDrain Instance = new();
    }

    /// <summary>Sends clients away from now on and takes no new ones, or takes them again. Answered with a <see cref="DrainStatus"/>.</summary>
    /// <param name="PerSecond">So many in a second; 0 ends the drain.</param>
    public sealed record SetDrain(int PerSecond);

    /// <summary>How the listener stands.</summary>
    /// <param name="ClientAddress">Where clients connect.</param>
    /// <param name="Open">Connections now.</param>
    /// <param name="Capacity">The most it takes while it does not drain.</param>
    /// <param name="IsDraining">True while it sends clients away.</param>
    /// <param name="Moved">Clients sent away since the last drain began.</param>
    public sealed record DrainStatus(string ClientAddress, int Open, int Capacity, bool IsDraining, long Moved);

    /// <summary>No connection is left, and no listener.</summary>
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
