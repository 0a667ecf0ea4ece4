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
///    |  --window or budget full, or too fast--> Blocked --space, or time--> Reading
///    |  --logout or end of input, receipts are open--> Waiting --last receipt, or time limit--> Closing
///    '--logout, end of input, error that closes--> Closing --socket closed--> stopped, or AwaitingReader --reader ended--> stopped
/// </code>
/// <see cref="ClientCommands"/> handles the lines, <see cref="ClientSession"/> owns the session, <see cref="ClosingProgress"/> and
/// <see cref="SocketProgress"/> decide about the end. Answers may arrive in any phase; an answer that nobody waits for any more is ignored. The stage
/// hands over the next lines only after <see cref="ILineSource.Done"/>. So while there is no space for a client's chats, nothing more is read from
/// that client.
/// </remarks>
internal sealed class ConnectionActor : UntypedActor, IWithTimers
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
    private Phase _phase = Phase.Reading;
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
        (_connection, _session, _commands, _replies, _connections, _settings) = (connection, session, commands, replies, connections, settings);
        _session.Attach(Context);
    }

    private enum Phase { Reading, Blocked, Waiting, Closing, AwaitingReader }

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
        _connection.Leave();
        _session.End();
        _connections.Remove(_connection);
        _source?.Abort();
    }

    /// <remarks>A <c>ReceiveActor</c> would build its handlers again for each connection and each phase, which costs a tenth of a login.</remarks>
    protected override void OnReceive(object message)
    {
        switch (_phase)
        {
            case Phase.AwaitingReader:
                if (message is Terminated)
                    Act(_socket.ReaderEnded());
                break;
            case Phase.Closing:
                if (message is ConnectionMessage.CutOff)
                    Act(_socket.CutOff());
                else
                    OnSocket(message);
                break;
            case Phase.Reading when message is LineBatch batch:
                _commands.Take(batch);
                Process();
                break;
            case Phase.Blocked when message is ClientConnection.Resume:
                Process();
                break;
            default:
                if (!OnSocket(message) && !OnSession(message) && !OnClosing(message))
                    Unhandled(message);
                break;
        }
    }

    /// <summary>Takes messages about the socket.</summary>
    private bool OnSocket(object message)
    {
        switch (message)
        {
            case ConnectionMessage.SourceReady m:
                _source = m.Source;
                Act(_socket.SourceReady());
                return true;
            case ConnectionMessage.SocketClosed:
                Act(_socket.SocketClosed(hasReader: _session.Reader is not null));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes messages about the session, and answers that lines wait for.</summary>
    private bool OnSession(object message)
    {
        switch (message)
        {
            case SessionMessage.ClaimResult m:
                _session.OnClaimResult(m);
                Continue();
                return true;
            case MailboxReaderActor.Opened m:
                _session.OnMailboxOpened(m.Waiting, Sender);
                Continue();
                return true;
            case SessionMessage.MailboxOverdue:
                _session.OnMailboxOverdue();
                Continue();
                return true;
            case MailboxReaderActor.Drained:
                _session.OnMailboxRead();
                return true;
            case MailboxNudge m:
                if (!_session.OnMessagesWait(m.User))
                    Sender.Tell(m);
                return true;
            case SessionReplaced m:
                if (m.User.Equals(_session.Current?.User))
                    Act(_closing.Close(ErrorCode.Replaced));
                return true;
            default:
                if (!_commands.TryTakeAnswer(message))
                    return false;
                Continue();
                return true;
        }
    }

    /// <summary>Takes messages that may lead to the end of the connection.</summary>
    private bool OnClosing(object message)
    {
        switch (message)
        {
            case ClientConnection.Resume:
                return true;
            case ConnectionMessage.InputEnded:
                _inputEnded = true;
                if (_commands.IsIdle)
                    Leave(logoutIsJson: null);
                return true;
            case ClientConnection.AllReceiptsWritten or ConnectionMessage.ReceiptsOverdue:
                Act(_closing.ReceiptsDone());
                return true;
            case CloseConnection m:
                Act(_closing.Close(m.Reason));
                return true;
            case ConnectionMessage.Overflowed:
                _log.Info(
                    "Connection {0} is closed: its client does not read, and its {1}. Unread messages are stored if there are mailboxes", _connection.Id,
                    _connection.Outbound.IsGivenUp ? "socket takes nothing (chat.connection.write-timeout)" : "outbound buffer is full");
                Act(_closing.Overflow());
                return true;
            case ConnectionMessage.UnreadStored:
                Act(_closing.UnreadStored());
                return true;
            default:
                return false;
        }
    }

    private void Process()
    {
        var result = _commands.Run();
        switch (result)
        {
            case RunResult.Finished when !_inputEnded:
                Enter(Phase.Reading);
                _source!.Done();
                break;
            case RunResult.Waiting or RunResult.Blocked:
                Enter(result == RunResult.Waiting ? Phase.Waiting : Phase.Blocked);
                break;
            case RunResult.Paused:
                Enter(Phase.Blocked);
                Timers.StartSingleTimer(nameof(RunResult.Paused), new ClientConnection.Resume(), _connection.Budget.Pause);
                break;
            case RunResult.UsedUp:
                Act(_closing.Close(ErrorCode.RateLimited));
                break;
            default:
                Leave(result == RunResult.LoggedOut ? _replies.SpeaksJson : null);
                break;
        }
    }

    /// <summary>Handles the lines that waited for an answer, if it has come.</summary>
    private void Continue()
    {
        if (_phase == Phase.Waiting && !_commands.IsIdle && !_commands.IsWaiting)
            Process();
    }

    /// <summary>Changes to another phase, unless the connection is closing.</summary>
    private void Enter(Phase phase) => _phase = _phase < Phase.Closing ? phase : _phase;

    /// <summary>The client logged out or ended its input. No further line is handled.</summary>
    private void Leave(bool? logoutIsJson)
    {
        Enter(Phase.Waiting);
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
        _connection.Leave();
        _session.End();

        // The listener is told before the client can see the end of the connection. So a client that reconnects at once is not refused.
        Context.Parent.Tell(new ConnectionMessage.ClosingStarted());
        RemindAfter(_settings.CloseGrace, new ConnectionMessage.CutOff());
        _phase = Phase.Closing;
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
                _phase = Phase.AwaitingReader;
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
