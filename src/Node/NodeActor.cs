using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Operators;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Transport;
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
    private static readonly TimeSpan s_reminder = TimeSpan.FromSeconds(5);

    private readonly NodeSettings _settings;
    private readonly ISessionRegistry _registry;
    private readonly IMailboxMarks _marks;
    private readonly IClientTransport _transport;
    private readonly TextWriter _console;
    private readonly string _store;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly NodeId _self;
    private readonly LinkTable _links = new();
    private readonly NodeCounters _counters = new();
    private readonly NodeDirectory _directory;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _lastReminder;
    private bool _isFenced;
    private IActorRef _gateway = ActorRefs.Nobody;

    /// <summary>Makes the actor.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="registry">The session registry.</param>
    /// <param name="marks">Tells which mailboxes may hold messages.</param>
    /// <param name="transport">Accepts connections of clients and carries their bytes.</param>
    /// <param name="console">Where the node prints that it is ready.</param>
    /// <param name="store">Description of the store, printed there.</param>
    public NodeActor(NodeSettings settings, ISessionRegistry registry, IMailboxMarks marks, IClientTransport transport, TextWriter console, string store)
    {
        _settings = settings;
        _registry = registry;
        _marks = marks;
        _transport = transport;
        _console = console;
        _store = store;
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
        Receive<RedisAnswered>(_ =>
        {
            Become(WaitingForCluster);
            var self = Self;
            _cluster.RegisterOnMemberUp(() => self.Tell(MemberIsUp.Instance));
            Timers.StartPeriodicTimer(Remind.Instance, Remind.Instance, s_reminder);
        });
        Receive<RedisAway>(m =>
        {
            if (IsTimeToRemind())
                _log.Warning("Waiting for Redis, and accepting no clients until it answers: {0}", m.Reason);
            Timers.StartSingleTimer(Again.Instance, Again.Instance, _settings.Session.RetryInterval);
        });
        Receive<Again>(_ => AskRedis());
    }

    private void WaitingForCluster()
    {
        Receive<Remind>(_ => _log.Warning(
            "Waiting to be taken into the cluster, and accepting no clients until then. Is one of the members given with --join running?"));
        Receive<MemberIsUp>(_ => Register());
        Receive<Registered>(_ => StartServing());
        Receive<RedisAway>(m =>
        {
            _log.Warning("Waiting for Redis, and accepting no clients until this node is on its list of nodes: {0}", m.Reason);
            Timers.StartSingleTimer(Again.Instance, Again.Instance, _settings.Session.RetryInterval);
        });
        Receive<Again>(_ => Register());
    }

    private void Serving()
    {
        Receive<ListenerActor.Bound>(Announce);
        Receive<ListenerActor.BindFailed>(m =>
        {
            _console.WriteLine($"cannot listen for clients on {_settings.Listener.Address}: {m.Reason}\nName another address with --listen HOST:PORT");
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
        Self, success: _ => RedisAnswered.Instance, failure: e => new RedisAway(e.GetBaseException().Message));

    private void Register() => _registry.AttendAsync(_self).PipeTo(
        Self,
        success: outcome => outcome is AttendOutcome.Unavailable away ? new RedisAway(away.Reason) : Registered.Instance,
        failure: e => new RedisAway(e.GetBaseException().Message));

    private void StartServing()
    {
        Timers.CancelAll();
        Become(Serving);
        var trace = new TraceLog(TimeProvider.System);
        var peers = new PeerLedger();
        var connections = new ConnectionTable(_counters, trace);
        var routes = new RouteTable(connections, _settings.Routing.MaxAttempts, _self);
        var routing = _settings.Routing;
        var link = _settings.Link;
        var resolver = Context.ActorOf(Props.Create(() => new ResolverActor(_self, _registry, _links, routes, routing, TimeProvider.System)), "resolver");
        var mailbox = _settings.Mailbox;
        var epoch = new StoreEpoch();
        var mailboxes = mailbox.Enabled
            ? MailboxShards.Start(Context.System, new MailboxServices(_self, mailbox, _registry, _marks, epoch, trace, TimeProvider.System))
            : null;
        var depositor = mailboxes is null ? null
            : Context.ActorOf(Props.Create(() => new DepositActor(_self, mailboxes, mailbox, TimeProvider.System)), "depositor");
        routes.Attach(resolver, depositor);
        var questions = new RegistryQuestions(_self, _registry, mailboxes is null ? null : _marks, _settings.Session.SecondLogin);
        var registrar = Context.ActorOf(
            Props.Create(() => new RegistrarActor(_self, questions, routes, _links, _settings.Session, epoch)), "registrar");
        _gateway = Context.ActorOf(
            Props.Create(() => new GatewayActor(_self, link, routing.ThroughRelay, _links, routes, connections, _directory, _counters, peers, trace, TimeProvider.System)),
            ClusterNames.Gateway);
        var readers = mailboxes is null ? null : new MailboxReaders(mailboxes, mailbox.LoginPatience, _self, trace);
        var makeConnection = ConnectionParts(connections, routes, registrar, readers, trace);
        var gateway = _gateway;
        var listener = Context.ActorOf(
            Props.Create(() => new ListenerActor(
                _transport, _settings.Listener, _settings.Connection, makeConnection, connections, _directory, _counters, gateway)), "listener");
        var agent = new AgentServices(_self, listener, connections, _settings.Connection, routes, _links, peers, _counters, trace, mailboxes);
        Context.ActorOf(Props.Create(() => new NodeAgentActor(agent)), ClusterNames.Agent);
        AddShutdownTasks(listener, registrar, depositor);
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
            var commands = new ClientCommands(client, session, chats, replies, _registry, settings.Greeting == Greeting.Typed, TimeProvider.System);
            return Props.Create(() => new ConnectionActor(client, session, commands, replies, connections, settings));
        };
    }

    private void Announce(ListenerActor.Bound bound)
    {
        var local = bound.Binding.Local;
        _console.WriteLine($"""
            ChatAkka node {_self.Address} is ready
              clients: {bound.ClientAddress}
              store:   {_store}
            Next, in two other terminals:  telnet {local.Address} {local.Port}
              then type:  login alice      and in the other:  login bob
              and then:   chat bob hi
            """);
    }

    private void AddShutdownTasks(IActorRef listener, IActorRef registrar, IActorRef? depositor)
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
            await AskQuietly(listener, new ListenerActor.CloseAll(reason), closeLimit).ConfigureAwait(false);
            if (!isCutOff)
                await FlushLinksAsync(limit).ConfigureAwait(false);
            if (!isCutOff && depositor is not null)
                await AskQuietly(depositor, DepositActor.AwaitIdle.Instance, limit).ConfigureAwait(false);
            if (!isCutOff && await AskQuietly(registrar, new SessionMessage.AwaitIdle(), limit).ConfigureAwait(false))
                await ForgetNodeAsync(limit).ConfigureAwait(false);
            _log.Info("Totals of this node since its start: {0}", _counters);
            return Akka.Done.Instance;
        });
    }

    private async Task FlushLinksAsync(TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (_links.All.Any(l => !l.IsIdle) && TimeProvider.System.GetElapsedTime(start) < limit)
            await Task.Delay(10).ConfigureAwait(false);
    }

    private async Task ForgetNodeAsync(TimeSpan limit)
    {
        try
        {
            await _registry.RemoveNodeAsync(_self).WaitAsync(limit).ConfigureAwait(false);
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
        var now = Environment.TickCount64;
        if (_lastReminder != 0 && now - _lastReminder < s_reminder.TotalMilliseconds)
            return false;
        _lastReminder = now;
        return true;
    }

    private sealed record RedisAway(string Reason);

    private sealed class RedisAnswered
    {
        public static readonly RedisAnswered Instance = new();
    }

    private sealed class Registered
    {
        public static readonly Registered Instance = new();
    }

    private sealed class MemberIsUp
    {
        public static readonly MemberIsUp Instance = new();
    }

    private sealed class Again
    {
        public static readonly Again Instance = new();
    }

    private sealed class Remind
    {
        public static readonly Remind Instance = new();
    }
}
