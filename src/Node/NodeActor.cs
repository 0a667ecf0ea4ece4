using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Links;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Operators;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Persistence.Redis;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Node;

/// <summary>Starts the parts of a node in order, and stops them in order.</summary>
/// <remarks>
/// <code>
/// WaitingForRedis --answers--> WaitingForCluster --up, registered--> Binding --bound--> Serving
/// </code>
/// While the node waits, it logs what it waits for. <see cref="CoordinatedShutdown"/> stops the node: it closes the clients, stops listening, waits
/// until links, mailbox deposits and releases are finished, and then leaves the cluster.
/// </remarks>
internal sealed class NodeActor : ReceiveActor, IWithTimers
{
    private readonly NodeSettings _settings;
    private readonly ISessionRegistry _registry;
    private readonly IMailboxStore _mailboxStore;
    private readonly IReadOnlyList<ClientEndpoint> _endpoints;
    private readonly AddressGate _addresses;
    private readonly LoginServices _logins;
    private readonly TextWriter _console;
    private readonly string _store;
    private readonly TimeProvider _time;
    private readonly NodeTimings _timings = NodeTimings.Standard;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly NodeId _self;
    private readonly LinkTable _links = new();
    private readonly NodeCounters _counters;
    private readonly NodeDirectory _directory;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long? _lastReminder;
    private bool _isFenced;
    private IActorRef _gateway = ActorRefs.Nobody;

    /// <summary>Makes the actor.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="registry">The session registry.</param>
    /// <param name="mailboxStore">What mailboxes need to know of the store.</param>
    /// <param name="endpoints">Where clients connect.</param>
    /// <param name="addresses">The limits of addresses.</param>
    /// <param name="counters">Counts what becomes of chats and connections.</param>
    /// <param name="logins">Decide who may log in.</param>
    /// <param name="console">Where the node prints that it is ready.</param>
    /// <param name="store">Description of the store, printed there.</param>
    /// <param name="time">The clock.</param>
    public NodeActor(
        NodeSettings settings,
        ISessionRegistry registry,
        IMailboxStore mailboxStore,
        IReadOnlyList<ClientEndpoint> endpoints,
        AddressGate addresses,
        NodeCounters counters,
        LoginServices logins,
        TextWriter console,
        string store,
        TimeProvider time)
    {
        (_settings, _registry, _mailboxStore, _endpoints, _counters, _logins) = (settings, registry, mailboxStore, endpoints, counters, logins);
        (_addresses, _console, _store, _time) = (addresses, console, store, time);
        _self = _cluster.SelfUniqueAddress.ToNodeId();
        _directory = new NodeDirectory(_self, settings.Listener.RetryAfter);
        WaitingForRedis();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => AskRedis();

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new EndProcessStrategy();

    private void WaitingForRedis()
    {
        Receive<NodeMessage.RedisAnswered>(_ =>
        {
            Become(WaitingForCluster);
            var self = Self;
            _cluster.RegisterOnMemberUp(() => self.Tell(new NodeMessage.MemberIsUp()));
            Timers.StartPeriodicTimer(nameof(NodeMessage.ReminderTick), new NodeMessage.ReminderTick(), _timings.ReminderInterval);
        });
        Receive<NodeMessage.RedisNotReached>(m =>
        {
            if (IsTimeToRemind())
                _log.Warning("Waiting for Redis, and accepting no clients until it answers: {0}", m.Reason);
            RetryLater();
        });
        Receive<NodeMessage.RetryTick>(_ => AskRedis());
    }

    private void WaitingForCluster()
    {
        Receive<NodeMessage.ReminderTick>(_ => _log.Warning(
            "Waiting to be taken into the cluster, and accepting no clients until then. Is one of the members given with --join running?"));
        Receive<NodeMessage.MemberIsUp>(_ => Register());
        Receive<NodeMessage.Registered>(_ => StartServing());
        Receive<NodeMessage.RedisNotReached>(m =>
        {
            _log.Warning("Waiting for Redis, and accepting no clients until this node is on its list of nodes: {0}", m.Reason);
            RetryLater();
        });
        Receive<NodeMessage.RetryTick>(_ => Register());
    }

    private void Serving()
    {
        Receive<ListenerMessage.Bound>(m => _console.WriteLine(ReadyText.Of(_self, m.Addresses, _store)));
        Receive<ListenerMessage.BindFailed>(m =>
        {
            _console.WriteLine($"cannot listen for clients on {m.Endpoint.Address}: {m.Reason}\nName another address with {m.Endpoint.Flag} HOST:PORT");
            CoordinatedShutdown.Get(Context.System).Run(new ProcessHost.StoppedForGood(ExitCodes.BadConfiguration));
        });
        Receive<SessionMessage.NodeFenced>(_ =>
        {
            if (_isFenced)
                return;
            _isFenced = true;
            _log.Error("The cluster declared this node dead and deletes its sessions. The node stops, and its clients have to connect to another node");

            // The other members have removed this node already, so it cannot leave the cluster in order.
            _cluster.Down(_cluster.SelfAddress);
        });
    }

    private void AskRedis() => _registry.NodesAsync().PipeTo(
        Self, success: _ => new NodeMessage.RedisAnswered(), failure: e => new NodeMessage.RedisNotReached(e.GetBaseException().Message));

    private void Register() => _registry.AttendAsync(_self).PipeTo(
        Self,
        success: outcome => outcome is AttendOutcome.Unavailable away ? new NodeMessage.RedisNotReached(away.Reason) : new NodeMessage.Registered(),
        failure: e => new NodeMessage.RedisNotReached(e.GetBaseException().Message));

    private void RetryLater() =>
        Timers.StartSingleTimer(nameof(NodeMessage.RetryTick), new NodeMessage.RetryTick(), _settings.Session.RetryInterval);

    private void StartServing()
    {
        Timers.CancelAll();
        Become(Serving);
        var time = _time;
        var trace = new TraceLog(time);
        var peers = new PeerLedger();
        var connections = new ConnectionTable(_counters, trace);
        var routes = new RouteTable(connections, _settings.Routing.MaxAttempts, _self);
        var routing = _settings.Routing;
        var link = _settings.Link;
        var resolver = Context.ActorOf(Props.Create(() => new ResolverActor(_self, _registry, _links, routes, routing, time)), "resolver");
        var mailbox = _settings.Mailbox;
        var epoch = new StoreEpoch();
        var mailboxes = mailbox.Enabled ? StartMailboxes(mailbox, epoch, trace) : null;
        routes.Attach(resolver, mailboxes);
        var questions = new RegistryQuestions(_self, _registry, mailboxes is not null, _settings.Session.SecondLogin);
        var registrar = Context.ActorOf(
            Props.Create(() => new RegistrarActor(_self, questions, routes, _links, _settings.Session, epoch)), "registrar");
        _gateway = Context.ActorOf(
            Props.Create(() => new GatewayActor(_self, link, routing.ThroughRelay, _links, routes, connections, _directory, _counters, peers, trace, time)),
            ClusterNames.Gateway);
        var readers = mailboxes is null ? null : new MailboxReaders(mailboxes, mailbox.LoginPatience, new MailboxReaderTimings(), _self, trace);
        var factory = new ConnectionFactory(
            _settings.Connection,
            _settings.Limits.Connection,
            _addresses,
            ConnectionParts(connections, routes, registrar, readers, trace),
            _logins.Typed.AreUsed,
            _counters,
            time);
        var gateway = _gateway;
        _logins.WatchRevocations(Context);
        var timeouts = new ConnectionTimeouts(_settings.Connection.LoginTimeout, _settings.Connection.IdleTimeout, _settings.Connection.WriteTimeout);
        var listener = Context.ActorOf(
            Props.Create(() => new ListenerActor(
                _endpoints, _settings.Listener, ListenerTimings.Standard, timeouts, _logins.Grants, factory, connections, _directory, _counters, gateway)),
            "listener");
        StartAgent(listener, connections, routes, peers, trace, mailboxes);
        AddShutdownTasks(listener, registrar, mailboxes);
    }

    /// <summary>Says how a connection is put together from its parts.</summary>
    private ConnectionProps ConnectionParts(ConnectionTable connections, RouteTable routes, IActorRef registrar, MailboxReaders? readers, TraceLog trace)
    {
        var settings = _settings.Connection;
        return (client, address) =>
        {
            var replies = new ClientReplies(client.Outbound, address, _directory, _counters);
            var session = new ClientSession(client, registrar, routes, readers);
            var chats = new ChatIntake(client, routes, _counters, trace, _self);
            var logins = new LoginCommands(client, session, replies, _logins.Policy, _logins.Typed, _addresses, _time);
            var commands = new ClientCommands(client, session, chats, replies, logins, _logins.Names, _registry, settings.Greeting == Greeting.Typed, _time);
            return Props.Create(() => new ConnectionActor(client, session, commands, replies, connections, settings));
        };
    }

    private void StartAgent(
        IActorRef listener, ConnectionTable connections, RouteTable routes, PeerLedger peers, TraceLog trace, IActorRef? mailboxes)
    {
        var timings = OperatorTimings.Standard;
        var overview = new NodeOverview(_self, listener, connections, routes, _links, _counters, peers, timings);
        var sessions = new SessionList(_self, connections, routes);
        var chats = new OperatorChats(connections, routes, _counters, _settings.Connection.MaxLine / 2, timings, _time);
        var history = new ChatHistory(trace);
        var depths = new MailboxDepths(mailboxes, timings);
        var accounts = new OperatorAccounts(_logins.Accounts, _logins.Names, _time);
        Context.ActorOf(Props.Create(() => new NodeAgentActor(overview, sessions, chats, history, depths, accounts)), ClusterNames.Agent);
    }

    /// <summary>Starts this node's part of the mailboxes, and gives the actor that takes every message to a mailbox.</summary>
    private IActorRef StartMailboxes(MailboxSettings settings, StoreEpoch epoch, TraceLog trace)
    {
        var timings = new MailboxTimings().Checked(settings.StoreTimeout);
        var log = new RedisPartitionLog(RedisEventLog.Get(Context.System), _mailboxStore, settings.Partitions, _log);
        var (system, outage) = (Context.System, new StoreOutage(timings.ForgetFailure, _time));
        var partitions = Partitions.Start(
            system,
            new PartitionServices(
                _self, settings, timings, log, _mailboxStore, outage, epoch, trace, _time, partition => PartitionPlace.AskAgain(system, partition)));
        return Context.ActorOf(Props.Create(() => new MailboxClientActor(_self, partitions, settings, timings, _time)), "mailboxes");
    }

    private void AddShutdownTasks(IActorRef listener, IActorRef registrar, IActorRef? mailboxes)
    {
        var shutdown = CoordinatedShutdown.Get(Context.System);
        var limit = _settings.FlushTimeout;
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "close clients", async () =>
        {
            var isCutOff = ProcessHost.IsFailure(shutdown.ShutdownReason);
            var reason = isCutOff ? ErrorCode.CutOff : ErrorCode.ServerClosing;

            // A node that was cut off stops quickly: its links reach no other node, the relay deletes its sessions, and its clients may be
            // unreachable, too.
            var closeLimit = isCutOff ? limit : _settings.Connection.CloseGrace + limit;
            await AskQuietly(listener, new ListenerMessage.CloseAll(reason), closeLimit).ConfigureAwait(false);
            if (!isCutOff)
                await FlushLinksAsync(limit).ConfigureAwait(false);
            if (!isCutOff && mailboxes is not null)
                await AskQuietly(mailboxes, new MailboxClientActor.AwaitIdle(), limit).ConfigureAwait(false);
            if (!isCutOff && await AskQuietly(registrar, new SessionMessage.AwaitIdle(), limit).ConfigureAwait(false))
                await ForgetNodeAsync(limit).ConfigureAwait(false);
            _log.Info("Totals of this node since its start: {0}", _counters);
            return Akka.Done.Instance;
        });
    }

    private async Task FlushLinksAsync(TimeSpan limit)
    {
        var start = _time.GetTimestamp();
        while (_links.All.Any(l => !l.IsIdle) && _time.GetElapsedTime(start) < limit)
            await Task.Delay(_timings.FlushPoll, _time).ConfigureAwait(false);
    }

    private async Task ForgetNodeAsync(TimeSpan limit)
    {
        try
        {
            await _registry.RemoveNodeAsync(_self).WaitAsync(limit, _time).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _log.Warning("This node could not be removed from the list of nodes. The relay cleans up after it; users are not affected: {0}",
                e.GetBaseException().Message);
        }
    }

    private static async Task<bool> AskQuietly(IActorRef actor, object question, TimeSpan limit)
    {
        try
        {
            await actor.Ask(question, limit).ConfigureAwait(false);
            return true;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    private bool IsTimeToRemind()
    {
        if (_lastReminder is { } last && _time.GetElapsedTime(last) < _timings.ReminderInterval)
            return false;
        _lastReminder = _time.GetTimestamp();
        return true;
    }
}
