using System.Net;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Authentication.Names;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Links;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>One connection without a socket. The test is its client, its registrar, its registry and its mailboxes, and its clock.</summary>
/// <remarks>Needs a system whose scheduler is <see cref="TestScheduler"/>.</remarks>
internal sealed class ConnectionHarness : ILineSource
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan StoreUnreadLimit = TimeSpan.FromMilliseconds(400);
    public static readonly NodeId Self = new("here", 1, 1);
    private readonly LineFramer _framer = new(64 * 1024);
    private readonly List<string> _output = [];
    private readonly List<byte> _written = [];
    private readonly TestScheduler _scheduler;
    private readonly Registry _registry = new();
    private readonly Policy _policy = new();
    private readonly DeliveryWriter _deliveries = new(DeliveryTemplate.TryParse("{send}:{content}")!);

    public ConnectionHarness(TestKit kit, bool isStarted = true, Greeting greeting = Greeting.Typed, bool namesAreSafe = false, ConnectionLimits? limits = null, AddressGate? addresses = null, bool asksForPasswords = false)
    {
        _scheduler = (TestScheduler)kit.Sys.Scheduler;
        Listener = kit.CreateTestProbe();
        Registrar = kit.CreateTestProbe();
        Resolver = kit.CreateTestProbe();
        Depositor = kit.CreateTestProbe();
        Mailboxes = kit.CreateTestProbe();
        var trace = new TraceLog(TimeProvider.System);
        Connections = new ConnectionTable(Counters, trace);
        Routes = new RouteTable(Connections, 5, Self);
        Routes.Attach(Resolver, Depositor);
        var settings = new ConnectionSettings(64 * 1024, 1024 * 1024, 256 * 1024, TimeSpan.FromSeconds(30), null, null, Grace, StoreUnreadLimit, greeting, _deliveries);
        Connection = new ClientConnection(7, new Outbound(settings.OutboundLimit, _deliveries), settings.WaitingLimit, TimeProvider.System, IPAddress.Parse("10.1.2.3"), new ConnectionBudget(limits ?? ConnectionLimits.None, Counters, Time))
        {
            Stores = new StoreBudget(limits ?? ConnectionLimits.None, addresses ?? AddressGate.Open, IPAddress.Parse("10.1.2.3"), Counters, Time),
        };
        var connection = Connection;
        var replies = new ClientReplies(connection.Outbound, new ClientAddress(ClientTransportKind.Plain, "here:1"), Directory, Counters);
        var session = new ClientSession(connection, Registrar, Routes, new MailboxReaders(Mailboxes, Patience, new MailboxReaderTimings(), Self, trace));
        var chats = new ChatIntake(connection, Routes, Counters, trace, Self);
        var logins = new LoginCommands(connection, session, replies, _policy, new TypedPasswords(asksForPasswords, asksForPasswords), addresses ?? AddressGate.Open, Time);
        var commands = new ClientCommands(connection, session, chats, replies, logins, new UserNames(new NamePolicy(namesAreSafe, [])), _registry, greeting == Greeting.Typed, TimeProvider.System);
        Actor = Listener.ChildActorOf(Props.Create(() => new ConnectionActor(connection, session, commands, replies, Connections, settings)));
        Connection.Attach(Actor);
        Connection.Outbound.Attach(() => { }, () => { });
        if (isStarted)
            Start();
    }

    public TestProbe Listener { get; }

    public TestProbe Registrar { get; }

    public TestProbe Resolver { get; }

    public TestProbe Depositor { get; }

    public TestProbe Mailboxes { get; }

    public NodeDirectory Directory { get; } = new(Self, TimeSpan.FromSeconds(1));

    public NodeCounters Counters { get; } = new();

    public ConnectionTable Connections { get; }

    public RouteTable Routes { get; }

    public ClientConnection Connection { get; }

    public IActorRef Actor { get; }

    /// <summary>With what the login policy refuses every login; with nothing, it accepts the name that is given.</summary>
    public ErrorCode LoginIsRefusedWith { set => _policy.Answer = value; }

    /// <summary>What the login policy was asked.</summary>
    public List<LoginRequest> Requests => _policy.Requests;

    /// <summary>The clock of the session's token.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>The login policy answers the next question with this, when it is completed.</summary>
    public TaskCompletionSource<LoginVerdict> NextVerdict()
    {
        var verdict = new TaskCompletionSource<LoginVerdict>();
        _policy.Next = verdict.Task;
        return verdict;
    }

    /// <summary>The bytes that were written to the client, up to the last <see cref="OutputAsync"/>.</summary>
    public byte[] Written => [.. _written];

    /// <summary>True where the connection is closed but for its last lines.</summary>
    public bool IsEnded { get; private set; }

    public int DoneCount { get; private set; }

    public bool IsAborted { get; private set; }

    void ILineSource.Done() => DoneCount++;

    void ILineSource.Abort() => IsAborted = true;

    /// <summary>The connection's stage begins to run.</summary>
    public void Start() => Actor.Tell(new ConnectionMessage.SourceReady(this));

    /// <summary>Sends the lines in one packet.</summary>
    public void Send(params string[] lines)
    {
        var batch = new LineBatch();
        _framer.Feed(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), batch, new Utf8Buffer());
        Actor.Tell(batch);
    }

    public void Tell(object message) => Actor.Tell(message);

    public void Pass(TimeSpan time) => _scheduler.Advance(time);

    /// <summary>Everything that was written to the client, when what was told before is handled.</summary>
    public async Task<List<string>> OutputAsync()
    {
        await Actor.Ask<ActorIdentity>(new Identify(null), Eventually.Limit);
        Outbound.Take take;
        while ((take = Connection.Outbound.TryTake(out var bytes)) == Outbound.Take.Bytes)
        {
            _written.AddRange(bytes.Span);
            _output.AddRange(Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        IsEnded = take == Outbound.Take.End;
        return _output;
    }

    /// <summary>Sends a login and the lines behind it, and lets its claim hold; the mailbox is to be read first.</summary>
    /// <returns>The first question to the mailbox.</returns>
    public MailboxMessage.Pull LogInToMailbox(params string[] more)
    {
        Send(["""{"cmd":"login","name":"ann","ack":true}""", .. more]);
        Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        Tell(new SessionMessage.ClaimResult(ErrorCode.None, ReadsMailbox: true));
        return Mailboxes.ExpectMsg<MailboxMessage.Pull>();
    }

    /// <summary>Answers the mailbox's reader: nothing waits but <paramref name="waiting"/> that come later.</summary>
    public async Task AnswerAsync(MailboxMessage.Pull pull, long waiting)
    {
        var reader = Mailboxes.LastSender;
        reader.Tell(new MailboxAnswer.Chunk(pull.Reader.Connection, pull.Number, waiting, false, ReadOnlyMemory<byte>.Empty));

        // The reader has told the connection when it answers this, or has been stopped.
        await reader.Ask<ActorIdentity>(new Identify(null), Eventually.Limit);
    }

    /// <summary>The chats of one recipient whose place is looked up are kept in its mailbox.</summary>
    public void Store()
    {
        Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.FoundNowhere();
        var deposit = Depositor.ExpectMsg<Deposit>();
        deposit.Owner.Stored(deposit, []);
    }

    /// <summary>Another user is logged in on this node.</summary>
    /// <returns>What the other one is sent.</returns>
    public Outbound LogInHere(string name)
    {
        var outbound = new Outbound(1024 * 1024, _deliveries);
        Routes.SetLocal(new LocalSession(UserName.TryCreate(name)!, new ClientConnection(8, outbound, 1024, TimeProvider.System), DeliveryFormat.Text));
        return outbound;
    }

    /// <summary>Answers the next <c>who</c> that is pending.</summary>
    public void AnswerWho(FindOutcome outcome) => _registry.Questions.Dequeue().SetResult(outcome);

    public Task IsAskedAsync() => Eventually.TrueAsync(() => _registry.Questions.Count > 0, "the registry is asked");

    private sealed class Policy : ILoginPolicy
    {
        public ErrorCode Answer { get; set; }

        public Task<LoginVerdict>? Next { get; set; }

        public List<LoginRequest> Requests { get; } = [];

        public ValueTask<LoginVerdict> CheckAsync(LoginRequest request)
        {
            Requests.Add(request);
            if (Next is { } next)
            {
                Next = null;
                return new(next);
            }

            return new(Answer == ErrorCode.None ? LoginVerdict.Accept(request.Name!, request.Name!) : LoginVerdict.Refuse(Answer));
        }
    }

    private sealed class Registry : ISessionRegistry
    {
        public Queue<TaskCompletionSource<FindOutcome>> Questions { get; } = new();

        public Task<FindOutcome> FindAsync(UserName user)
        {
            var question = new TaskCompletionSource<FindOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            Questions.Enqueue(question);
            return question.Task;
        }

        public TimeSpan? EventsAge => null;

        public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) => throw new NotSupportedException();

        public Task<AttendOutcome> AttendAsync(NodeId node) => throw new NotSupportedException();

        public Task RemoveNodeAsync(NodeId node) => throw new NotSupportedException();

        public Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default) =>
            throw new NotSupportedException();

        public Task<bool> ReleaseAsync(UserName user, SessionOwner owner) => throw new NotSupportedException();

        public Task<IReadOnlyList<NodeId>> NodesAsync() => throw new NotSupportedException();

        public Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term) => throw new NotSupportedException();

        public Task<long> NextTermAsync(long now) => throw new NotSupportedException();
    }
}
