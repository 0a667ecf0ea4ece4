using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Clients;

/// <summary>Handles one client: takes the lines of one read from the socket at a time, and answers their commands in order.</summary>
/// <remarks>
/// <code>
/// Reading --login, who--> Waiting --answer--> Reading
///    |  --window or budget full--> Blocked --space--> Reading
///    |  --logout or end of input, receipts are open--> Waiting --last receipt, or time limit--> Closing
///    '--logout, end of input, error that closes--> Closing --socket closed--> stopped
/// </code>
/// In the phase Waiting one <see cref="PendingOperation"/> is pending. Answers may arrive in any phase; an answer to an operation that is no
/// longer pending is ignored. The stage hands over the next lines only after <see cref="ILineSource.Done"/>. So while there is no space for a
/// client's chats, nothing more is read from that client.
/// </remarks>
internal sealed class ConnectionActor : ReceiveActor, IWithTimers
{
    /// <summary>How long the session of a slow consumer is kept, at most, until its unread messages are stored. Senders look up the place again
    /// for about as long.</summary>
    private static readonly TimeSpan s_keepLimit = TimeSpan.FromMilliseconds(400);

    private readonly ClientConnection _connection;
    private readonly ConnectionServices _services;
    private readonly CommandParser _parser = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Action _reading;
    private readonly Action _blocked;
    private readonly Action _waiting;
    private Action _phase;
    private ILineSource? _source;
    private LineBatch? _batch;
    private int _next;
    private long _batchTime;
    private bool? _speaksJson;
    private bool _inputEnded;
    private PendingOperation? _pending;
    private bool _closing;
    private bool _overflowed;
    private bool _givesUp;
    private LocalSession? _session;
    private IActorRef? _reader;
    private MailboxAnswer.Nudge? _nudge;
    private TypedIds? _typedIds;

    /// <summary>Makes the actor of a connection.</summary>
    public ConnectionActor(ClientConnection connection, ConnectionServices services)
    {
        _connection = connection;
        _services = services;
        _reading = Reading;
        _blocked = Blocked;
        _waiting = AnyPhase;
        _phase = _reading;
        Reading();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>What comes next after a line.</summary>
    private enum Step
    {
        Next,
        Wait,
        Blocked,
        Stop,
    }

    /// <summary>A mailbox reader that failed no longer knows how far it has read. So the connection ends with it, and the client gets the rest
    /// after its next login.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _services.Connections.Add(_connection);
        if (_services.Settings.Greeting == Greeting.Always)
            Greet();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        EndSession();
        _services.Connections.Remove(_connection);
        _source?.Abort();
    }

    private void Reading()
    {
        Receive<LineBatch>(batch =>
        {
            _batch = batch;
            _next = 0;
            _batchTime = _services.Time.GetUtcNow().ToUnixTimeMilliseconds();
            Process();
        });
        AnyPhase();
    }

    private void Blocked()
    {
        Receive<ClientConnection.Resume>(_ => Process());
        AnyPhase();
    }

    private void Closing()
    {
        Receive<ConnectionEvents.SourceReady>(m =>
        {
            _source = m.Source;
            if (_givesUp)
                CutOff();
        });
        Receive<ConnectionEvents.SocketClosed>(_ => Finish());
        Receive<GraceOver>(_ => CutOff());
        Receive<ConnectionEvents.GiveUp>(_ =>
        {
            // The source may not be known yet. Then it is closed when it arrives; otherwise its socket would stay open for ever.
            _givesUp = true;
            if (_source is not null)
                CutOff();
        });
        ReceiveAny(_ => { });
    }

    private void CutOff()
    {
        _source?.Abort();
        Finish();
    }

    /// <summary>Stops when the reader has ended: it may still have to write the client's last acknowledgement.</summary>
    private void Finish()
    {
        EndSession();
        if (_reader is null)
        {
            Context.Stop(Self);
            return;
        }

        Become(() =>
        {
            Receive<Terminated>(_ => Context.Stop(Self));
            ReceiveAny(_ => { });
        });
        _reader.Tell(MailboxReaderActor.ConnectionGone.Instance);
        Context.Watch(_reader);
    }

    private void AnyPhase()
    {
        Receive<ConnectionEvents.SourceReady>(m => _source = m.Source);
        Receive<ClientConnection.Resume>(_ => { });
        Receive<ConnectionEvents.SocketClosed>(_ => Finish());
        Receive<SessionReplaced>(m =>
        {
            if (m.User.Equals(_session?.User))
                Close(ErrorCode.Replaced);
        });
        Receive<ClaimAnswer>(OnClaimAnswer);
        Receive<MailboxReaderActor.Opened>(OnOpened);
        Receive<PatienceOver>(m =>
        {
            // The timer is not cancelled when the mailbox answers in time. Then another operation is pending, or none.
            if (_pending != m.Login)
                return;
            Welcome(m.Login, waiting: null);
            GoOn();
        });
        Receive<WhoAnswered>(OnWhoAnswered);
        Receive<MailboxReaderActor.Drained>(_ =>
        {
            if (_session is { } session)
                _services.Routes.RestoreLocal(session);
        });
        Receive<MailboxAnswer.Nudge>(OnNudge);
        Receive<MailboxesMoved>(m => _reader?.Tell(m));
        Receive<ConnectionEvents.InputEnded>(_ =>
        {
            _inputEnded = true;
            if (_batch is null && _pending is null)
                CloseWhenAnswered(json: null);
        });
        Receive<ClientConnection.AllAnswered>(_ => OnAnswersOver());
        Receive<AnswersOverdue>(_ => OnAnswersOver());
        Receive<CloseConnection>(m => Close(m.Reason));
        Receive<ConnectionEvents.Overflowed>(_ =>
        {
            _log.Info("Connection {0} is closed: its client does not read, and its outbound buffer is full. Unread messages are stored if there are mailboxes",
                _connection.Id);

            // This happens before the session is released, so that the unread messages are in the mailbox before any later one.
            _overflowed = true;
            var self = Self;
            if (_session is { } session
                && _services.Routes.TakeBack(session, _connection.Outbound.TakeUnread(), () => self.Tell(UnreadKept.Instance)))
                Timers.StartSingleTimer(UnreadKept.Instance, UnreadKept.Instance, s_keepLimit);
            else
                Close();
        });
        Receive<UnreadKept>(_ =>
        {
            Timers.Cancel(UnreadKept.Instance);
            Close();
        });
    }

    private void Process()
    {
        while (_next < _batch!.Count)
        {
            switch (Handle(_batch))
            {
                case Step.Next:
                    _next++;
                    break;
                case Step.Wait:
                    _next++;
                    Enter(_waiting);
                    return;
                case Step.Blocked:
                    Enter(_blocked);
                    return;
                default:
                    return;
            }
        }

        _batch = null;
        Enter(_reading);
        if (_inputEnded)
            CloseWhenAnswered(json: null);
        else
            _source!.Done();
    }

    /// <summary>Changes to another phase. For the current phase it does nothing: <c>Become</c> would build all handlers again, for every read.</summary>
    private void Enter(Action phase)
    {
        if (_phase == phase)
            return;
        _phase = phase;
        Become(phase);
    }

    private Step Handle(LineBatch batch)
    {
        if (batch.IsTooLong(_next))
            return Refuse(_speaksJson ?? true, ErrorCode.LineTooLong);
        var command = _parser.Parse(batch[_next]);
        if (command is { Kind: CommandKind.None, Error: ErrorCode.None })
            return OnBlank();
        _speaksJson = command.IsJson;
        if (command.Error != ErrorCode.None)
            return Refuse(command.IsJson, command.Error, command.ErrorText, command.Id);
        switch (command.Kind)
        {
            case CommandKind.Chat:
                return OnChat(command);
            case CommandKind.Login:
                return OnLogin(command);
            case CommandKind.Who:
                return OnWho(command);
            case CommandKind.Ping:
                _connection.Outbound.Write(command.IsJson, Answers.Pong);
                return Step.Next;
            case CommandKind.Help:
                _connection.Outbound.Write(command.IsJson, Answers.Help);
                return Step.Next;
            case CommandKind.Forward:
                return Refuse(command.IsJson, ErrorCode.Forbidden, "forward is between servers");
            case CommandKind.Ack:
                return OnAck(command);
            case CommandKind.Logout:
                CloseWhenAnswered(command.IsJson);
                return Step.Stop;
            default:
                return Step.Next;
        }
    }

    /// <summary>Handles a blank line. If it is the first line, a person has pressed Enter and is greeted, unless the setting
    /// <c>greeting</c> says otherwise. Any other blank line is ignored.</summary>
    private Step OnBlank()
    {
        if (_speaksJson is null && _services.Settings.Greeting == Greeting.Typed)
        {
            _speaksJson = false;
            Greet();
        }

        return Step.Next;
    }

    private void Greet() => _connection.Outbound.Write(_services.ClientAddress, Answers.Greeting);

    private Step OnChat(in Command command)
    {
        if (_session is not { } session)
            return Refuse(command.IsJson, ErrorCode.NotLoggedIn, null, command.Id);
        if (command.HasSender && !IsSame(command.Sender, session.User))
            return Refuse(command.IsJson, ErrorCode.Forbidden, "send must be the name you logged in with", command.Id);

        // The server makes the ids of typed chats, so that they have the same guarantees as chats with an id.
        var id = command.IsJson ? command.Id : (_typedIds ??= new TypedIds(_services.Self, _connection.Id, _batchTime)).Next();
        var chat = new ChatView
        {
            Origin = _connection.Id,
            Time = _batchTime,
            IsTyped = !command.IsJson,
            Attempt = 0,
            Sender = session.User.Utf8,
            Recipient = command.Recipient,
            Id = id,
            Content = command.Content,
        };
        if (!chat.Id.IsEmpty)
            _connection.Owe();
        var result = _services.Routes.Send(chat, _connection);
        if (result == SendResult.Done)
        {
            _services.Counters.Accepted();
            _services.Trace.Note(chat.Id, HopKind.Accepted, _connection.Id, time: _batchTime);
            return Step.Next;
        }

        if (!chat.Id.IsEmpty)
            _connection.OweNot();
        return result == SendResult.Full ? Step.Blocked : Refuse(command.IsJson, ErrorCode.BadName, UserName.Explain(command.Recipient), command.Id);
    }

    private Step OnLogin(in Command command)
    {
        if (_session is not null)
            return Refuse(command.IsJson, ErrorCode.AlreadyLoggedIn);
        if (UserName.TryCreate(command.Name) is not { } user)
            return Refuse(command.IsJson, ErrorCode.BadName, UserName.Explain(command.Name));
        if (command.WantsAck && _services.Mailboxes is null)
            return Refuse(command.IsJson, ErrorCode.Unsupported, "this server keeps no mailboxes, so nothing can be acknowledged");
        if (_services.LoginPolicy.Check(user) is var refusal and not ErrorCode.None)
            return Refuse(command.IsJson, refusal);
        var welcome = new Utf8Buffer();
        Answers.LoggedIn(welcome, command.IsJson, user, _services.ClientAddress, waiting: 0);
        _session = new LocalSession(user, _connection, command.Format, command.WantsAck, arrived: _batchTime);
        _pending = new PendingOperation.Login(_session, command.IsJson);
        _services.Registrar.Tell(new ClaimSession(_session, welcome.Written.ToArray()));
        return Step.Wait;
    }

    private Step OnAck(in Command command)
    {
        if (_services.Mailboxes is null)
            return Refuse(command.IsJson, ErrorCode.Unsupported, "this server keeps no mailboxes, so there is nothing to acknowledge");
        if (_session is not { } session)
            return Refuse(command.IsJson, ErrorCode.NotLoggedIn);
        if (!session.Acks)
            return Refuse(command.IsJson, ErrorCode.Unsupported, "log in with \"ack\":true to acknowledge");
        _reader?.Tell(new MailboxReaderActor.Acked(command.Sequence));
        return Step.Next;
    }

    private void StartReader(LocalSession session)
    {
        var reader = new ReaderId(_services.Self, _connection.Id);
        var (mailboxes, trace) = (_services.Mailboxes!, _services.Trace);
        _reader = Context.ActorOf(Props.Create(() => new MailboxReaderActor(session, reader, mailboxes, trace)));
    }

    /// <summary>Answers a login for which the mailbox was asked.</summary>
    /// <param name="login">The pending login.</param>
    /// <param name="waiting">How many messages wait; null if the mailbox did not answer in time.</param>
    private void Welcome(PendingOperation.Login login, long? waiting)
    {
        _connection.Outbound.Write(
            (login.IsJson, login.Session.User, _services.ClientAddress, Waiting: waiting),
            static (to, a) => Answers.LoggedIn(to, a.IsJson, a.User, a.ClientAddress, a.Waiting));
    }

    /// <summary>Ends the pending operation and continues with the next line.</summary>
    private void GoOn()
    {
        _pending = null;
        Process();
    }

    /// <summary>Handles the notice that messages wait in the mailbox. Until they are read, no chat may reach the session directly.</summary>
    private void OnNudge(MailboxAnswer.Nudge nudge)
    {
        if (_overflowed || _session is not { } session || session.User.Text != nudge.User)
            return;
        if (!_connection.IsLoggedIn)
        {
            // The login is not answered yet.
            _nudge = nudge;
            return;
        }

        _services.Routes.ClearLocal(session);
        if (_reader is null)
            StartReader(session);
        else
            _reader.Tell(MailboxesMoved.Instance);
    }

    private void OnClaimAnswer(ClaimAnswer answer)
    {
        if (_pending is not PendingOperation.Login { AsksMailbox: false } login)
            return;
        var nudge = _nudge;
        _nudge = null;
        if (answer.Error != ErrorCode.None)
        {
            _session = null;
            Refuse(login.IsJson, answer.Error);
            GoOn();
            return;
        }

        _connection.Session = login.Session;
        _connection.IsLoggedIn = true;
        if (answer.ReadsMailbox)
        {
            login.AsksMailbox = true;
            StartReader(login.Session);
            Timers.StartSingleTimer(PatienceOver.Key, new PatienceOver(login), _services.LoginPatience);
            return;
        }

        if (nudge is not null)
            OnNudge(nudge);
        GoOn();
    }

    /// <summary>The mailbox answered its reader, in time or late. Waiting messages are written after the answer to the login.</summary>
    private void OnOpened(MailboxReaderActor.Opened opened)
    {
        var login = _pending as PendingOperation.Login;
        if (login is { AsksMailbox: true })
            Welcome(login, opened.Waiting);
        Sender.Tell(MailboxReaderActor.Start.Instance);
        if (login is { AsksMailbox: true })
            GoOn();
    }

    private Step OnWho(in Command command)
    {
        if (!command.IsJson && command.Name.IsEmpty)
            return OnOwnSession();
        if (UserName.TryCreate(command.Name) is not { } user)
            return Refuse(command.IsJson, ErrorCode.BadName, UserName.Explain(command.Name));
        var question = new PendingOperation.Who(user, command.IsJson);
        _pending = question;
        _services.Registry.FindAsync(user).PipeTo(
            Self,
            success: outcome => new WhoAnswered(question, outcome),
            failure: e => new WhoAnswered(question, new FindOutcome.Unavailable(e.GetBaseException().Message)));
        return Step.Wait;
    }

    /// <summary>Answers a typed <c>who</c> without a name: it asks for the own session, which this connection knows without the registry.</summary>
    private Step OnOwnSession()
    {
        if (_session is not { } session)
            return Refuse(json: false, ErrorCode.NotLoggedIn, "you are not logged in; who NAME says where somebody else is");
        _connection.Outbound.Write((session.User, _services.ClientAddress), static (to, a) => Answers.Who(to, json: false, a.User, a.ClientAddress));
        return Step.Next;
    }

    private void OnWhoAnswered(WhoAnswered answer)
    {
        if (_pending != answer.Question)
            return;
        var (user, isJson) = (answer.Question.User, answer.Question.IsJson);
        if (answer.Outcome is FindOutcome.Unavailable)
            Refuse(isJson, ErrorCode.RegistryUnavailable);
        else
        {
            var owner = (answer.Outcome as FindOutcome.Found)?.Session.Owner.Node;
            var where = owner is null ? null : _services.Directory.ClientAddressOf(owner);
            _connection.Outbound.Write((isJson, user, where), static (to, a) => Answers.Who(to, a.isJson, a.user, a.where));
        }

        GoOn();
    }

    private Step Refuse(bool json, ErrorCode code, string? text = null, ReadOnlySpan<byte> id = default)
    {
        _services.Counters.Error(code);
        _connection.Outbound.Write(
            new Refusal { Json = json, Code = code, Text = text, Id = id },
            static (to, r) => Answers.Error(to, r.Json, r.Code, r.Text, r.Id));
        return Step.Next;
    }

    private void Close(ErrorCode reason)
    {
        if (reason is ErrorCode.ServerClosing or ErrorCode.CutOff)
        {
            Close(to => _services.Directory.SendElsewhere(to, _speaksJson ?? true, reason));
            return;
        }

        _services.Counters.Error(reason);
        Close(to => Answers.Error(to, _speaksJson ?? true, reason));
    }

    /// <summary>Closes the connection after the client logged out or ended its input. Open receipts are still written, within the time limit.</summary>
    /// <param name="json">True if <c>logout</c> came as JSON, false if it was typed; null if the input ended without it.</param>
    private void CloseWhenAnswered(bool? json)
    {
        _batch = null;

        // A slow consumer would not read receipts either. It is closed when its unread messages are in the mailbox.
        if (!_overflowed && _connection.AwaitAnswers())
        {
            CloseAsAsked(json);
            return;
        }

        _pending = new PendingOperation.Logout(json);
        Timers.StartSingleTimer(AnswersOverdue.Instance, AnswersOverdue.Instance, _services.Settings.CloseGrace);
        Enter(_waiting);
    }

    /// <summary>The last open receipt was written, or the time limit for it has passed.</summary>
    private void OnAnswersOver()
    {
        if (_pending is PendingOperation.Logout logout && !_overflowed)
            CloseAsAsked(logout.IsJson);
    }

    private void CloseAsAsked(bool? json)
    {
        if (json is { } isJson)
            Close(to => Answers.LoggedOut(to, isJson));
        else
            Close();
    }

    private void Close(Action<Utf8Buffer>? last = null)
    {
        if (_closing)
            return;
        _closing = true;
        EndSession();

        // The listener is told before the client can see the end of the connection. So a client that reconnects at once is not refused.
        Context.Parent.Tell(ConnectionEvents.Left.Instance);
        _connection.Outbound.Close(last);
        Timers.StartSingleTimer(GraceOver.Instance, GraceOver.Instance, _services.Settings.CloseGrace);
        Become(Closing);
    }

    private void EndSession()
    {
        if (_session is not { } session)
            return;
        _services.Routes.ClearLocal(session);
        _services.Registrar.Tell(new ReleaseSession(session));
        _reader?.Tell(MailboxReaderActor.End.Instance);
        _connection.Session = _session = null;
    }

    private static bool IsSame(ReadOnlySpan<byte> name, UserName user) =>
        name.SequenceEqual(user.Utf8) || (UserName.TryCreate(name) is { } other && other.Equals(user));

    private ref struct Refusal
    {
        public bool Json;
        public ErrorCode Code;
        public string? Text;
        public ReadOnlySpan<byte> Id;
    }

    private sealed class AnswersOverdue
    {
        public static readonly AnswersOverdue Instance = new();
    }

    private sealed class UnreadKept
    {
        public static readonly UnreadKept Instance = new();
    }

    private sealed record PatienceOver(PendingOperation.Login Login)
    {
        public const string Key = "patience";
    }

    private sealed record WhoAnswered(PendingOperation.Who Question, FindOutcome Outcome);

    private sealed class GraceOver
    {
        public static readonly GraceOver Instance = new();
    }
}
