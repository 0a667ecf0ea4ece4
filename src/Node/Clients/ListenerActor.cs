using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Accepts clients up to the cap, sends further clients to other nodes, and closes connections at their time-outs.</summary>
/// <remarks>
/// <code>
/// Binding --bound--> Open --CloseAll--> Closing (every client is told) --no connection left--> unbound
/// </code>
/// While the listener closes, it still accepts new clients to tell them that the server closes. So it unbinds last.
/// What it decides is in <see cref="ListenerState{T}"/> (admission), <see cref="ConnectionCap{T}"/> (which connections count),
/// <see cref="Drain{T}"/> (who is sent to another node next) and <see cref="ConnectionTimeouts"/> (who is closed by the sweep).
/// </remarks>
internal sealed class ListenerActor : ReceiveActor, IWithTimers
{
    private readonly IReadOnlyList<ClientEndpoint> _endpoints;
    private readonly ListenerSettings _settings;
    private readonly ListenerTimings _timings;
    private readonly ConnectionTimeouts _timeouts;
    private readonly GrantCheck _grants;
    private readonly ConnectionFactory _factory;
    private readonly ConnectionTable _connections;
    private readonly NodeDirectory _directory;
    private readonly NodeCounters _counters;
    private readonly IActorRef _gateway;
    private readonly ListenerState<IActorRef> _state;
    private readonly IMaterializer _materializer = Context.Materializer();
    private readonly List<ListenerMessage.EndpointBound> _bound = [];
    private IActorRef? _closeAsker;
    private long _lastId;

    /// <summary>Makes the listener; it binds at once and tells its parent <see cref="ListenerMessage.Bound"/> or
    /// <see cref="ListenerMessage.BindFailed"/>.</summary>
    /// <param name="endpoints">Where clients connect.</param>
    /// <param name="settings">The cap and other settings.</param>
    /// <param name="timings">Its intervals and time limits.</param>
    /// <param name="timeouts">When connections are closed that do not log in, send nothing or read nothing.</param>
    /// <param name="grants">Says which sessions end because of the token by which they are held.</param>
    /// <param name="factory">Makes the parts of connections.</param>
    /// <param name="connections">The open connections, which are checked for time-outs.</param>
    /// <param name="directory">Knows the nodes that refused clients are sent to.</param>
    /// <param name="counters">Counts refused connections and those that were cut off.</param>
    /// <param name="gateway">Receives the number of connections whenever it changes, and tells the other nodes.</param>
    public ListenerActor(
        IReadOnlyList<ClientEndpoint> endpoints,
        ListenerSettings settings,
        ListenerTimings timings,
        ConnectionTimeouts timeouts,
        GrantCheck grants,
        ConnectionFactory factory,
        ConnectionTable connections,
        NodeDirectory directory,
        NodeCounters counters,
        IActorRef gateway)
    {
        _endpoints = endpoints;
        _settings = settings;
        _timings = timings;
        _timeouts = timeouts;
        _grants = grants;
        _factory = factory;
        _connections = connections;
        _directory = directory;
        _counters = counters;
        _gateway = gateway;
        _state = new ListenerState<IActorRef>(settings.MaxConnections, mostRefusals: settings.Backlog);
        ReceiveStream();
        Receive<ConnectionMessage.ClosingStarted>(_ => OnClosing(Sender));
        Receive<Terminated>(m => OnEnded(m.ActorRef));
        Receive<ListenerMessage.RefusalEnded>(_ => _state.EndRefusal());
        Receive<ListenerMessage.SweepTick>(_ => Sweep());
        Receive<ListenerMessage.AskDrain>(_ => AnswerDrainStatus());
        Receive<ListenerMessage.SetDrain>(OnSetDrain);
        Receive<ListenerMessage.DrainTick>(_ => SendAway());
        Receive<ListenerMessage.CloseAll>(m => OnCloseAll(m.Reason));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>If the actor of a connection fails, only that connection is closed. Its client can connect again.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new EndProcessStrategy(_state.Connections.Contains);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(ListenerMessage.SweepTick), new ListenerMessage.SweepTick(), _timings.SweepInterval);
        foreach (var endpoint in _endpoints)
            Bind(endpoint);
    }

    private void Bind(ClientEndpoint endpoint)
    {
        var sink = Sink.ActorRefWithAck<ListenerMessage.Arrived>(
            Self,
            new ListenerMessage.StreamStarted(),
            new ListenerMessage.ElementTaken(),
            new ListenerMessage.StreamEnded(endpoint.Kind, null),
            e => new ListenerMessage.StreamEnded(endpoint.Kind, e));
        endpoint.Transport.Bind(endpoint.Address, _settings.Backlog)
            .Select(incoming => new ListenerMessage.Arrived(incoming, endpoint.Kind))
            .ToMaterialized(sink, Keep.Left).Run(_materializer).PipeTo(
                Self,
                success: binding => new ListenerMessage.EndpointBound(
                    binding, new ClientAddress(endpoint.Kind, (endpoint.Advertise?.ToString() ?? binding.Local.ToString())!)),
                failure: e => new ListenerMessage.BindFailed(endpoint, e.GetBaseException().Message));
    }

    private void ReceiveStream()
    {
        Receive<ListenerMessage.EndpointBound>(m =>
        {
            _bound.Add(m);
            if (IsBound)
                Context.Parent.Tell(new ListenerMessage.Bound([.. _bound.Select(b => b.Address).OrderBy(a => a.Kind)]));
            TellStatus();
        });
        Receive<ListenerMessage.BindFailed>(Context.Parent.Tell);
        Receive<ListenerMessage.StreamStarted>(_ => Sender.Tell(new ListenerMessage.ElementTaken()));
        Receive<ListenerMessage.Arrived>(m =>
        {
            OnArrived(m);
            Sender.Tell(new ListenerMessage.ElementTaken());
        });
        Receive<ListenerMessage.StreamEnded>(m =>
        {
            // A node that can no longer accept clients must end, because nobody would notice it. A failed bind is reported elsewhere.
            if (m.Cause is not null && _bound.Exists(b => b.Address.Kind == m.Kind))
                throw new InvalidOperationException("clients cannot be accepted any more", m.Cause);
        });
    }

    private bool IsBound => _bound.Count == _endpoints.Count;

    private string AddressFor(ClientTransportKind kind) => _bound.Find(b => b.Address.Kind == kind)?.Address.Text ?? "";

    private void OnArrived(ListenerMessage.Arrived arrived)
    {
        var isOverLimit = arrived.Connection.IsOverLimit;
        var decision = _state.Decide(isOverLimit);
        if (decision == IncomingDecision.Accept)
        {
            Accept(arrived);
            return;
        }

        if (isOverLimit)
            _counters.Error(ErrorCode.TooManyFromAddress);
        else
            _counters.RefusedConnection();
        if (decision == IncomingDecision.Refuse)
            Refuse(arrived);
        else
            arrived.Connection.Flow.Join(Flow.FromSinkAndSource(Sink.Cancelled<ReadOnlyMemory<byte>>(), Source.Empty<ReadOnlyMemory<byte>>())).Run(_materializer);
    }

    private void Accept(ListenerMessage.Arrived arrived)
    {
        var connection = _factory.Create(++_lastId, arrived.Connection.Remote);
        var actor = Context.ActorOf(_factory.PropsOf(connection, new ClientAddress(arrived.Kind, AddressFor(arrived.Kind))));
        connection.Attach(actor);
        Context.Watch(actor);
        _state.Connections.Add(actor);
        TellStatus();
        arrived.Connection.Flow.Join(Flow.FromGraph(_factory.StageOf(connection, arrived.Connection.Reads, actor))).Run(_materializer);
    }

    private void Refuse(ListenerMessage.Arrived arrived)
    {
        var line = new Utf8Buffer();
        if (arrived.Connection.IsOverLimit)
            Answers.Error(line, json: true, ErrorCode.TooManyFromAddress);
        else
            _directory.SendElsewhere(line, json: true, _state.RefusesWith, arrived.Kind);
        var self = Self;

        // The client's input is read and dropped until the client closes. Closing with unread input would reset the connection, and the client
        // could lose the line.
        var input = Flow.Create<ReadOnlyMemory<byte>>().CompletionTimeout(_timings.RefusalGrace)
            .ToMaterialized(Sink.Ignore<ReadOnlyMemory<byte>>(), Keep.Right);
        arrived.Connection.Flow
            .JoinMaterialized(
                Flow.FromSinkAndSource(input, Source.Single<ReadOnlyMemory<byte>>(line.Written.ToArray()), Keep.Left), Keep.Right)
            .Run(_materializer)
            .ContinueWith(_ => self.Tell(new ListenerMessage.RefusalEnded()), TaskContinuationOptions.ExecuteSynchronously);
    }

    private void OnClosing(IActorRef connection)
    {
        var mustCutOff = _state.Connections.BeginClosing(connection, out var oldest);
        _state.Drain.Forget(connection);
        TellStatus();
        if (!mustCutOff)
            return;
        oldest.Tell(new ConnectionMessage.CutOff());
        _counters.CutShort();
    }

    private void OnEnded(IActorRef connection)
    {
        if (_state.Connections.Remove(connection))
        {
            _state.Drain.Forget(connection);
            TellStatus();
        }

        AnswerIfClosed();
    }

    private void TellStatus() =>
        _gateway.Tell(new LinkMessages.OwnStatus(
        AddressFor(ClientTransportKind.Plain), AddressFor(ClientTransportKind.Tls), _state.Connections.Open.Count, IsBound ? _state.Offered : 0));

    /// <summary>Closes the connections of which a time-out has passed, and the sessions whose token has ended or was revoked.</summary>
    private void Sweep()
    {
        foreach (var connection in _connections.All)
        {
            var stalled = connection.MeasureStall(ListenerTimings.MostSweepInterval);
            var reason = _timeouts.Check(connection.IsLoggedIn, connection.Age, connection.IdleTime, stalled);
            if (reason == ErrorCode.None)
                reason = _grants.Check(connection.Session?.Grant);
            if (reason == ErrorCode.SlowConsumer)
                connection.Outbound.GiveUp();
            else if (reason != ErrorCode.None)
                connection.Actor.Tell(new CloseConnection(reason));
        }
    }

    private void OnSetDrain(ListenerMessage.SetDrain drain)
    {
        var wasActive = _state.Drain.IsActive;
        _state.Drain.SetPace(drain.PerSecond);
        if (!_state.Drain.IsActive)
            Timers.Cancel(nameof(ListenerMessage.DrainTick));
        else if (!wasActive)
            Timers.StartPeriodicTimer(nameof(ListenerMessage.DrainTick), new ListenerMessage.DrainTick(), TimeSpan.Zero, _timings.DrainInterval);
        TellStatus();
        AnswerDrainStatus();
    }

    /// <summary>Sends as many clients to other nodes as the pace of the drain allows. Each is told which nodes accept clients.</summary>
    private void SendAway()
    {
        foreach (var connection in _state.Drain.Next(_timings.DrainInterval, _state.Connections.Open))
            connection.Tell(new CloseConnection(ErrorCode.ServerClosing));
    }

    private void AnswerDrainStatus() => Sender.Tell(new ListenerMessage.DrainStatus(
        AddressFor(ClientTransportKind.Plain) is { Length: > 0 } plain ? plain : AddressFor(ClientTransportKind.Tls), _state.Connections.Open.Count, _settings.MaxConnections, _state.Drain.IsActive, _state.Drain.Moved));

    private void OnCloseAll(ErrorCode reason)
    {
        _closeAsker = Sender;
        _state.Close(reason);
        TellStatus();
        foreach (var connection in _state.Connections.Open)
            connection.Tell(new CloseConnection(reason));
        AnswerIfClosed();
    }

    private void AnswerIfClosed()
    {
        if (!_state.IsClosed || _closeAsker is not { } asker)
            return;
        _closeAsker = null;
        Task.WhenAll(_bound.Select(b => b.Binding.Unbind())).ContinueWith(
            _ => asker.Tell(new ListenerMessage.AllClosed()), TaskContinuationOptions.ExecuteSynchronously);
    }
}
