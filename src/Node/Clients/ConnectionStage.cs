using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Clients;

/// <summary>Connects a byte flow to a <see cref="ConnectionActor"/>: it splits the input into lines, answers
/// telnet options, and writes the content of <see cref="Outbound"/>.</summary>
/// <remarks>
/// Back-pressure: the actor handles one batch of lines, and at most one more batch waits here. Then nothing more is read. If a read does not
/// complete a line, the stage reads again at once. After the last line was written, the write side is closed. Then further input is read and
/// dropped until the client closes as well. Closing a socket with unread input would reset the connection, and the client could lose the
/// last line.
/// </remarks>
/// <param name="connection">The connection. Every read resets its idle time.</param>
/// <param name="bounds">How long lines may be, and how much is read at a time.</param>
/// <param name="reads">What may be read; null: everything. Beyond it reading pauses.</param>
/// <param name="actor">The connection's actor.</param>
internal sealed class ConnectionStage(ClientConnection connection, LineBounds bounds, ReadBudget? reads, IActorRef actor)
    : GraphStage<FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>
{
    private readonly Inlet<ReadOnlyMemory<byte>> _in = new("connection.in");
    private readonly Outlet<ReadOnlyMemory<byte>> _out = new("connection.out");

    /// <inheritdoc/>
    public override FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Shape => new(_in, _out);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, connection, bounds, reads, actor);

    private sealed class Logic : GraphStageLogic, ILineSource
    {
        private const int Idle = 0;
        private const int Busy = 1;
        private const int BusyAndMore = 2;

        private readonly ConnectionStage _stage;
        private readonly ClientConnection _connection;
        private readonly LineBounds _bounds;
        private readonly ReadBudget? _reads;
        private readonly IActorRef _actor;
        private readonly LineFramer _framer;
        private readonly Utf8Buffer _telnetAnswers = new();
        private readonly Action _onDone;
        private readonly Action _onAbort;
        private readonly Action _onWake;
        private Action? _onPauseOver;
        private LineBatch _withActor = new();
        private LineBatch _filling = new();
        private int _handover = Idle;
        private bool _ended;
        private bool _pauses;
        private bool _isLoggedIn;
        private ReadOnlyMemory<byte>? _held;

        public Logic(ConnectionStage stage, ClientConnection connection, LineBounds bounds, ReadBudget? reads, IActorRef actor)
            : base(stage.Shape)
        {
            (_stage, _connection, _bounds, _reads, _actor) = (stage, connection, bounds, reads, actor);
            _framer = new LineFramer(bounds.BeforeLogin, bounds.OffersEcho);
            _onDone = GetAsyncCallback(HandOverNext);
            _onAbort = GetAsyncCallback(() => FailStage(new IOException("aborted")));
            _onWake = GetAsyncCallback(Write);
            SetHandler(stage._in, OnRead, OnInputEnd, _ => CompleteStage());
            SetHandler(stage._out, Write, _ => CompleteStage());
        }

        public override void PreStart()
        {
            _actor.Tell(new ConnectionMessage.SourceReady(this));
            _connection.Outbound.Attach(_onWake, () => _actor.Tell(new ConnectionMessage.Overflowed()));
            Pull(_stage._in);
        }

        public override void PostStop() => _actor.Tell(new ConnectionMessage.SocketClosed());

        public void Done()
        {
            if (Interlocked.CompareExchange(ref _handover, Idle, Busy) != Busy)
                _onDone();
        }

        public void Abort() => _onAbort();

        private void OnRead()
        {
            var bytes = Grab(_stage._in);
            _connection.Touch();
            if (IsClosed(_stage._out))
            {
                Pull(_stage._in);
                return;
            }

            _reads?.Count(bytes.Length, _connection.Age);
            if (!KnowsLogin() && Interlocked.CompareExchange(ref _handover, BusyAndMore, Busy) == Busy)
                _held = bytes;
            else
                Split(bytes);
        }

        /// <summary>Says whether the client has logged in. Until then its lines must be short, and what comes while a line is handled, which may be the login, is
        /// not looked at.</summary>
        private bool KnowsLogin()
        {
            if (_isLoggedIn || !_connection.IsLoggedIn)
                return _isLoggedIn;
            _bounds.Reads.AllowLarge();
            _framer.MaxLine = _bounds.AfterLogin;
            return _isLoggedIn = true;
        }

        private void Split(ReadOnlyMemory<byte> bytes)
        {
            _framer.Feed(bytes.Span, _filling, _telnetAnswers);
            if (_telnetAnswers.Length > 0)
                AnswerTelnet();
            if (_filling.Count == 0)
                PullNext();
            else if (Interlocked.CompareExchange(ref _handover, Busy, Idle) == Idle)
                HandOver();
            else if (Interlocked.CompareExchange(ref _handover, BusyAndMore, Busy) != Busy)
            {
                // The actor has finished its batch in the meantime.
                _handover = Busy;
                HandOver();
            }
        }

        /// <summary>Answers telnet options at once, before the answers to earlier commands, because telnet may wait for them before it shows
        /// anything. They count towards the outbound limit. So a client that requests options without end and does not read is closed.</summary>
        private void AnswerTelnet()
        {
            _connection.Outbound.Write(_telnetAnswers, static (to, answers) => to.Append(answers.Written));
            _telnetAnswers.Detach();
        }

        /// <summary>Hands over the batch that waits, after the actor has finished the previous one.</summary>
        private void HandOverNext()
        {
            if (_held is not { } bytes)
            {
                _handover = Busy;
                HandOver();
                return;
            }

            (_held, _handover) = (null, Idle);
            KnowsLogin();
            Split(bytes);
            if (_ended && _handover == Idle)
                _actor.Tell(new ConnectionMessage.InputEnded());
        }

        private void HandOver()
        {
            // Before the login no buffer is kept for the next lines, because many such connections may be idle.
            (_withActor, _filling) = (_filling, _isLoggedIn ? _withActor : new LineBatch());
            _filling.Clear();
            _actor.Tell(_withActor);
            if (_ended)
                _actor.Tell(new ConnectionMessage.InputEnded());
            else
                PullNext();
        }

        /// <summary>Requests the next bytes: at once, or when the limit allows them.</summary>
        private void PullNext()
        {
            if (_pauses || IsClosed(_stage._in) || HasBeenPulled(_stage._in))
                return;
            if (_reads?.Pause(_connection.Age) is { Ticks: > 0 } pause)
            {
                _pauses = true;
                Materializer.ScheduleOnce(pause, _onPauseOver ??= GetAsyncCallback(EndPause));
            }
            else
                Pull(_stage._in);
        }

        private void EndPause()
        {
            _pauses = false;
            PullNext();
        }

        private void OnInputEnd()
        {
            _ended = true;
            if (IsClosed(_stage._out))
                CompleteStage();
            else if (Volatile.Read(ref _handover) != BusyAndMore)
                _actor.Tell(new ConnectionMessage.InputEnded());
        }

        private void Write()
        {
            if (!IsAvailable(_stage._out))
                return;
            switch (_connection.Outbound.TryTake(out var bytes))
            {
                case Outbound.Take.Bytes:
                    Push(_stage._out, bytes);
                    break;
                case Outbound.Take.End:
                    Complete(_stage._out);
                    if (_ended || IsClosed(_stage._in))
                        CompleteStage();
                    else if (!HasBeenPulled(_stage._in))
                        Pull(_stage._in);
                    break;
            }
        }
    }
}
