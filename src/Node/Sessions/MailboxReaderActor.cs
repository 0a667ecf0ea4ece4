using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Sessions;

/// <summary>Reads its mailbox for one session and hands what waits to the client, as fast as the client reads.</summary>
/// <remarks>
/// <code>
/// Asking --chunk--> Handing --the client has space, or what it was handed is written--> Asking
///    '--nothing waits, the session does not acknowledge--> Drained --woken--> Asking
/// any --the session ended--> Leaving --written, or the connection is gone--> Left --kept, or tried long enough--> stopped
/// </code>
/// A question is open all the time while the session acknowledges: what comes in is the answer. It carries the acknowledgements. A client
/// that does not acknowledge has what the socket has written: only then more is asked for, so all that it did not read is still in the
/// mailbox, in its order, when it stops reading.
/// </remarks>
internal sealed class MailboxReaderActor : ReceiveActor, IWithTimers
{
    /// <summary>A chunk is at most this large: what is larger holds up what else goes between two nodes.</summary>
    private const int Budget = 60 * 1024;

    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(1);

    /// <summary>An acknowledgement waits this long for the next question to take it along.</summary>
    private static readonly TimeSpan s_ackDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>A last word is said again after this long, and so often: the mailbox may be on its way to another node.</summary>
    private static readonly TimeSpan s_leaveAgain = TimeSpan.FromMilliseconds(500);
    private const int MostLeaves = 6;

    private readonly LocalSession _session;
    private readonly ReaderId _reader;
    private readonly IActorRef _mailboxes;
    private readonly TraceLog _trace;
    private long _life;
    private long _number;
    private long _have;
    private long _done;
    private bool _isAsking;
    private bool _isHeard;
    private bool _isLeaving;
    private int _leaves;
    private long _kept;
    private MailboxAnswer.Chunk? _first;
    private readonly IActorRef _self;

    /// <summary>Makes the reader.</summary>
    /// <param name="session">The session.</param>
    /// <param name="reader">What the mailbox calls it.</param>
    /// <param name="mailboxes">Takes every message to a mailbox.</param>
    /// <param name="trace">Remembers what happens to messages.</param>
    public MailboxReaderActor(LocalSession session, ReaderId reader, IActorRef mailboxes, TraceLog trace)
    {
        _session = session;
        _reader = reader;
        _mailboxes = mailboxes;
        _trace = trace;
        _self = Self;
        Receive<MailboxAnswer.Chunk>(OnChunk);
        Receive<Start>(_ =>
        {
            if (_first is { } chunk)
                Hand(chunk);
            _first = null;
        });
        Receive<Acked>(OnAcked);
        Receive<OutboundHasSpace>(_ =>
        {
            if (!_session.Acks)
                _done = _have;
            if (_isLeaving)
                Leave();
            else if (!_isAsking && _first is null)
                Ask();
        });
        Receive<AskAgain>(_ =>
        {
            if (_isAsking)
                Send();
        });
        Receive<TakeAlong>(_ =>
        {
            if (_isAsking)
                Ask();
        });
        Receive<MailboxesMoved>(_ =>
        {
            // A mailbox that moved does not know the question.
            if (_isAsking)
                Send();
            else if (_first is null)
                GoOn();
        });
        Receive<End>(_ =>
        {
            _isLeaving = true;
            if (_session.Acks || _done == _have)
                Leave();
            else
                GoOn();
        });
        Receive<ConnectionGone>(_ =>
        {
            _isLeaving = true;
            Leave();
        });
        Receive<MailboxAnswer.Left>(m =>
        {
            if (_isLeaving && m.Done >= _done)
                Context.Stop(Self);
        });
        Receive<LeaveAgain>(_ => Leave());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        // What was handed to the client directly comes before what waits, and goes to the mailbox before it where the client does not read it.
        if (_session.Acks)
            Ask();
        else
            GoOn();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_leaves == 0)
            TellLeave(life: 0);
    }

    /// <summary>Says the last word; again until it is kept, where the mailbox would else hand out again what the client has.</summary>
    private void Leave()
    {
        var isAtStake = !_session.Acks && _done > _kept;
        if (_leaves++ >= MostLeaves || (_leaves > 1 && !isAtStake))
        {
            Context.Stop(Self);
            return;
        }

        TellLeave(isAtStake ? _life : 0);
        if (isAtStake)
            Timers.StartSingleTimer(LeaveAgain.Instance, LeaveAgain.Instance, s_leaveAgain);
        else
            Context.Stop(Self);
    }

    private void TellLeave(long life) => _mailboxes.Tell(new MailboxMessage.Leave(_session.User.Text, _reader, _have, _done, life));

    /// <summary>Asks again when the client has space, or, where it does not acknowledge, when everything that it was handed is written.</summary>
    private void GoOn()
    {
        if (_session.Acks)
            _session.Connection.Outbound.WhenSpace(Continue);
        else
            _session.Connection.Outbound.WhenWritten(Continue);
    }

    private void Ask()
    {
        _number++;
        _isAsking = true;
        Send();
    }

    private void Send()
    {
        Timers.Cancel(TakeAlong.Instance);
        _mailboxes.Tell(new MailboxMessage.Pull(_session.User.Text, _reader, _session.Acks, _life, _number, _have, _done, Budget));
        Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, _session.Acks && _isHeard ? MailboxReading.AsksEvery : s_askAgain);
    }

    private void OnChunk(MailboxAnswer.Chunk chunk)
    {
        if (!_isAsking || chunk.Number != _number || _isLeaving)
            return;
        _isAsking = false;
        _life = chunk.Life;
        Timers.Cancel(AskAgain.Instance);
        if (_isHeard)
        {
            Hand(chunk);
            return;
        }

        // The answer to the login comes before what waits.
        _isHeard = true;
        _first = chunk;
        Context.Parent.Tell(new Opened(chunk.Waiting));
    }

    private void Hand(MailboxAnswer.Chunk chunk)
    {
        var entries = new LinkEntryReader(chunk.Entries.Span);
        for (var number = chunk.First; entries.TryRead(out var entry); number++)
        {
            if (number <= _have)
                continue;
            var chat = LinkEntry.ReadChat(entry);
            if (!_session.TryDeliver(chat, number))
                return;
            _trace.Note(chat.Id, HopKind.HandedOut, _reader.Connection);
            _have = number;
        }

        if (chunk.IsDrained)
        {
            _kept = _done;
            Context.Parent.Tell(Drained.Instance);
        }
        else
            GoOn();
    }

    /// <summary>Called from any thread.</summary>
    private void Continue() => _self.Tell(OutboundHasSpace.Instance);

    private void OnAcked(Acked acked)
    {
        if (Math.Min(acked.UpTo, _have) <= _done)
            return;
        _done = Math.Min(acked.UpTo, _have);
        if (_isAsking && !Timers.IsTimerActive(TakeAlong.Instance))
            Timers.StartSingleTimer(TakeAlong.Instance, TakeAlong.Instance, s_ackDelay);
    }

    /// <summary>Tells the connection that the mailbox was reached; it answers with <see cref="Start"/>.</summary>
    /// <param name="Waiting">How many messages wait.</param>
    public sealed record Opened(long Waiting);

    /// <summary>The login was answered: what waits can be handed to the client.</summary>
    public sealed class Start
    {
        /// <summary>The one instance.</summary>
        public static readonly Start Instance = new();
    }

    /// <summary>Tells the connection that nothing waits any more, and that chats come directly from now on.</summary>
    public sealed class Drained
    {
        /// <summary>The one instance.</summary>
        public static readonly Drained Instance = new();
    }

    /// <summary>The client acknowledged all up to a number.</summary>
    /// <param name="UpTo">The number.</param>
    public sealed record Acked(long UpTo);

    /// <summary>The session ended.</summary>
    public sealed class End
    {
        /// <summary>The one instance.</summary>
        public static readonly End Instance = new();
    }

    /// <summary>The connection is closed: nothing more will be written.</summary>
    public sealed class ConnectionGone
    {
        /// <summary>The one instance.</summary>
        public static readonly ConnectionGone Instance = new();
    }

    private sealed class LeaveAgain
    {
        public static readonly LeaveAgain Instance = new();
    }

    private sealed class OutboundHasSpace
    {
        public static readonly OutboundHasSpace Instance = new();
    }

    private sealed class AskAgain
    {
        public static readonly AskAgain Instance = new();
    }

    private sealed class TakeAlong
    {
        public static readonly TakeAlong Instance = new();
    }
}
