using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Clients;

/// <summary>The life of one client: takes the lines of one read from the socket at a time, and closes the connection in order.</summary>
/// <remarks>
/// <code>
/// Reading --login, who--> Waiting --answer--> Reading
///    |  --window or budget full--> Blocked --space--> Reading
///    |  --logout or end of input, receipts are open--> Waiting --last receipt, or time limit--> Closing
///    '--logout, end of input, error that closes--> Closing --socket closed--> stopped, or AwaitingReader --reader ended--> stopped
/// </code>
/// <see cref="ClientCommands"/> handles the lines, <see cref="ClientSession"/> owns the session, <see cref="ClosingProgress"/> and
/// <see cref="SocketProgress"/> decide about the end. Answers may arrive in any phase; an answer that nobody waits for any more is ignored. The stage
/// hands over the next lines only after <see cref="ILineSource.Done"/>. So while there is no space for a client's chats, nothing more is read from
/// that client.
/// </remarks>
internal sealed class ConnectionActor : ReceiveActor, IWithTimers
{
    private readonly ClientConnection _connection;
    private readonly ClientSession _session;
    private readonly ClientCommands _commands;
    private readonly ClientReplies _replies;
    private readonly ConnectionTable _connections;
    private readonly ConnectionSettings _settings;
    private readonly ClosingProgress _closing = new();
    private readonly SocketProgress _socket = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Action _reading;
    private readonly Action _blocked;
    private readonly Action _waiting;
    private Action _phase;
    private ILineSource? _source;
    private bool _inputEnded;

    /// <summary>Makes the actor of a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="session">The client's session.</param>
    /// <param name="commands">Handles the client's lines.</param>
    /// <param name="replies">Writes lines to the client.</param>
    /// <param name="connections">The open connections.</param>
    /// <param name="settings">Limits and other settings of a connection.</param>
    public ConnectionActor(
        ClientConnection connection,
        ClientSession session,
        ClientCommands commands,
        ClientReplies replies,
        ConnectionTable connections,
        ConnectionSettings settings)
    {
        _connection = connection;
        _session = session;
        _commands = commands;
        _replies = replies;
        _connections = connections;
        _settings = settings;
        _session.Attach(Context);
        _reading = Reading;
        _blocked = Blocked;
        _waiting = AnyPhase;
        _phase = _reading;
        Reading();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A mailbox reader that failed no longer knows how far it has read. So the connection ends with it, and the client gets the rest
    /// after its next login.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _connections.Add(_connection);
        if (_settings.Greeting == Greeting.Always)
            _replies.Greet();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _session.End();
        _connections.Remove(_connection);
        _source?.Abort();
    }

    private void Reading()
    {
        Receive<LineBatch>(batch =>
        {
            _commands.Take(batch);
            Process();
        });
        AnyPhase();
    }

    private void Blocked()
    {
        Receive<ClientConnection.Resume>(_ => Process());
        AnyPhase();
    }

    private void AnyPhase()
    {
        Receive<ClientConnection.Resume>(_ => { });
        ReceiveSession();
        Receive<ConnectionMessage.WhoAnswered>(m =>
        {
            _commands.OnWhoAnswered(m);
            Continue();
        });
        Receive<ConnectionMessage.InputEnded>(_ =>
        {
            _inputEnded = true;
            if (_commands.IsIdle)
                Leave(logoutIsJson: null);
        });
        Receive<ClientConnection.AllReceiptsWritten>(_ => Act(_closing.ReceiptsDone()));
        Receive<ConnectionMessage.ReceiptsOverdue>(_ => Act(_closing.ReceiptsDone()));
        Receive<CloseConnection>(m => Act(_closing.Close(m.Reason)));
        Receive<ConnectionMessage.Overflowed>(_ =>
        {
            _log.Info("Connection {0} is closed: its client does not read, and its outbound buffer is full. Unread messages are stored if there are mailboxes",
                _connection.Id);
            Act(_closing.Overflow());
        });
        Receive<ConnectionMessage.UnreadStored>(_ => Act(_closing.UnreadStored()));
        ReceiveSocket();
    }

    private void ReceiveSession()
    {
        Receive<SessionMessage.ClaimResult>(m =>
        {
            _session.OnClaimResult(m);
            Continue();
        });
        Receive<MailboxReaderActor.Opened>(m =>
        {
            _session.OnMailboxOpened(m.Waiting, Sender);
            Continue();
        });
        Receive<SessionMessage.MailboxOverdue>(_ =>
        {
            _session.OnMailboxOverdue();
            Continue();
        });
        Receive<MailboxReaderActor.Drained>(_ => _session.OnMailboxRead());
        Receive<MailboxNudge>(m =>
        {
            if (!_session.OnMessagesWait(m.User))
                Sender.Tell(m);
        });
        Receive<SessionReplaced>(m =>
        {
            if (m.User.Equals(_session.Current?.User))
                Act(_closing.Close(ErrorCode.Replaced));
        });
    }

    private void ReceiveSocket()
    {
        Receive<ConnectionMessage.SourceReady>(m =>
        {
            _source = m.Source;
            Act(_socket.SourceReady());
        });
        Receive<ConnectionMessage.SocketClosed>(_ => Act(_socket.SocketClosed(hasReader: _session.Reader is not null)));
    }

    private void Closing()
    {
        ReceiveSocket();
        Receive<ConnectionMessage.CutOff>(_ => Act(_socket.CutOff()));
        ReceiveAny(_ => { });
    }

    private void AwaitingReader()
    {
        Receive<Terminated>(_ => Act(_socket.ReaderEnded()));
        ReceiveAny(_ => { });
    }

    private void Process()
    {
        switch (_commands.Run())
        {
            case RunResult.Finished when _inputEnded:
                Leave(logoutIsJson: null);
                break;
            case RunResult.Finished:
                Enter(_reading);
                _source!.Done();
                break;
            case RunResult.Waiting:
                Enter(_waiting);
                break;
            case RunResult.Blocked:
                Enter(_blocked);
                break;
            case RunResult.LoggedOut:
                Leave(_replies.SpeaksJson);
                break;
        }
    }

    /// <summary>Handles the lines that waited for an answer, if it has come.</summary>
    private void Continue()
    {
        if (_phase == _waiting && !_commands.IsIdle && !_commands.IsWaiting)
            Process();
    }

    /// <summary>Changes to another phase. For the current phase it does nothing: <c>Become</c> would build all handlers again, for every read.</summary>
    private void Enter(Action phase)
    {
        if (_phase == phase)
            return;
        _phase = phase;
        Become(phase);
    }

    /// <summary>The client logged out or ended its input. No further line is handled.</summary>
    private void Leave(bool? logoutIsJson)
    {
        Enter(_waiting);
        _connection.WatchReceipts();
        Act(_closing.Leave(logoutIsJson, _connection.HasOpenReceipts));
    }

    private void Act(ClosingStep step)
    {
        switch (step)
        {
            case ClosingStep.AwaitReceipts:
                RemindAfter(_settings.CloseGrace, new ConnectionMessage.ReceiptsOverdue());
                break;
            case ClosingStep.StoreUnread:
                var self = Self;
                if (_session.StoreUnread(() => self.Tell(new ConnectionMessage.UnreadStored())))
                    RemindAfter(_settings.StoreUnreadLimit, new ConnectionMessage.UnreadStored());
                else
                    Act(_closing.UnreadStored());
                break;
            case ClosingStep.ConfirmLogout confirm:
                BeginClosing();
                _replies.CloseLoggedOut(confirm.IsJson);
                break;
            case ClosingStep.Close close:
                BeginClosing();
                _replies.Close(close.Reason);
                break;
        }
    }

    /// <summary>Ends the session. The last line, which comes next, is written after everything that the session was given.</summary>
    private void BeginClosing()
    {
        _session.End();

        // The listener is told before the client can see the end of the connection. So a client that reconnects at once is not refused.
        Context.Parent.Tell(new ConnectionMessage.ClosingStarted());
        RemindAfter(_settings.CloseGrace, new ConnectionMessage.CutOff());
        Become(Closing);
    }

    private void Act(SocketStep step)
    {
        switch (step)
        {
            case SocketStep.Abort:
                _source!.Abort();
                Act(_socket.SocketClosed(hasReader: _session.Reader is not null));
                break;
            case SocketStep.AwaitReader:
                _session.End();
                Become(AwaitingReader);
                _session.Reader!.Tell(new MailboxReaderActor.ConnectionGone());
                Context.Watch(_session.Reader);
                break;
            case SocketStep.Stop:
                _session.End();
                Context.Stop(Self);
                break;
        }
    }

    private void RemindAfter(TimeSpan delay, ConnectionMessage message) => Timers.StartSingleTimer(message, message, delay);
}
