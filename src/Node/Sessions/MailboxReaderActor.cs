using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Sessions;

/// <summary>Reads the mailbox of one session and hands what waits to the client, as fast as the client reads.</summary>
/// <remarks>
/// <code>
/// Asking --chunk--> Handing --the client has space, or what it was handed is written--> Asking
///    '--nothing waits, the session does not acknowledge--> Drained --the mailbox has a new owner--> Asking
/// any --the session ended--> Leaving --written, or the connection is gone--> Left --stored, or tried often enough--> stopped
/// </code>
/// There is one way to read. Each request says which messages are processed: those that the client acknowledged. For a session that does not acknowledge, this
/// reader acknowledges what was written to the client's socket, and requests more only then. So what a client did not read is still in the mailbox.
/// While a session acknowledges, a request is open all the time: what comes in is the answer.
/// </remarks>
internal sealed class MailboxReaderActor : ReceiveActor, IWithTimers
{
    /// <summary>The most bytes of a chunk. A larger one would delay what else goes between two nodes.</summary>
    private const int Budget = 60 * 1024;

    private readonly LocalSession _session;
    private readonly ReaderId _reader;
    private readonly IActorRef _mailboxes;
    private readonly MailboxReaderTimings _timings;
    private readonly TraceLog _trace;
    private readonly IActorRef _self;
    private long _number;
    private long _have;
    private long _done;
    private long _reported;
    private bool _isAsking;
    private bool _isHeard;
    private bool _isDrained;
    private bool _isLeaving;
    private int _leaves;
    private MailboxAnswer.Chunk? _first;

    /// <summary>Makes the reader.</summary>
    /// <param name="session">The session.</param>
    /// <param name="reader">How the mailbox names it.</param>
    /// <param name="mailboxes">The actor that takes every message to a mailbox.</param>
    /// <param name="timings">Times.</param>
    /// <param name="trace">Remembers the events of messages.</param>
    public MailboxReaderActor(LocalSession session, ReaderId reader, IActorRef mailboxes, MailboxReaderTimings timings, TraceLog trace)
    {
        (_session, _reader, _mailboxes, _timings, _trace, _self) = (session, reader, mailboxes, timings, trace, Self);
        Receive<MailboxAnswer.Chunk>(OnChunk);
        Receive<Start>(_ =>
        {
            if (_first is { } chunk)
                Hand(chunk);
            _first = null;
        });
        Receive<Acked>(OnAcked);
        Receive<OutboundHasSpace>(_ => OnSpace());
        Receive<AskAgain>(_ =>
        {
            if (_isAsking)
                Send();
        });
        Receive<ReportDone>(_ =>
        {
            if (_isAsking)
                Ask();
        });
        Receive<MailboxesMoved>(_ => OnMoved());
        Receive<End>(_ => OnEnd());
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
        // What was handed to the client directly comes before what waits. If the client does not read it, it goes to the mailbox before that.
        if (_session.Acks)
            Ask();
        else
            AskWhenReady();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_leaves == 0)
            TellLeave();
    }

    private void OnMoved()
    {
        // A new owner of the mailbox does not know this session. No chat may reach it directly before it has read again: the connection sees to that,
        // and sends this message once more.
        if (_isDrained)
        {
            _isDrained = false;
            Context.Parent.Tell(new MailboxNudge(_session.User.Text, _reader.Connection));
        }
        else if (_isAsking)
            Send();
        else if (_first is null)
            AskWhenReady();
    }

    private void OnEnd()
    {
        _isLeaving = true;
        if (_session.Acks || _done == _have)
            Leave();
        else
            AskWhenReady();
    }

    private void OnSpace()
    {
        if (!_session.Acks)
            _done = _have;
        if (_isLeaving)
            Leave();
        else if (!_isAsking && _first is null)
            Ask();
    }

    /// <summary>Tells the mailbox that the session ended. It is repeated until the mailbox has stored what is processed; otherwise the client would get it
    /// again.</summary>
    private void Leave()
    {
        if (_leaves++ >= _timings.MostLeaves || (_leaves > 1 && _done == _reported))
        {
            Context.Stop(Self);
            return;
        }

        TellLeave();
        if (_done > _reported)
            Timers.StartSingleTimer(nameof(LeaveAgain), new LeaveAgain(), _timings.LeaveAgain);
        else
            Context.Stop(Self);
    }

    private void TellLeave() => _mailboxes.Tell(new MailboxMessage.Leave(_session.User.Text, _reader, _session.Since, _done));

    /// <summary>Requests more when the client has space. For a session that does not acknowledge: when everything that it was handed is written.</summary>
    private void AskWhenReady()
    {
        if (_session.Acks)
            _session.Connection.Outbound.WhenSpace(TellSpace);
        else
            _session.Connection.Outbound.WhenWritten(TellSpace);
    }

    private void Ask()
    {
        _number++;
        (_isAsking, _isDrained) = (true, false);
        Send();
    }

    private void Send()
    {
        Timers.Cancel(nameof(ReportDone));
        _mailboxes.Tell(new MailboxMessage.Pull(_session.User.Text, _reader, _session.Since, _session.Acks, _number, _have, _done, Budget));
        Timers.StartSingleTimer(nameof(AskAgain), new AskAgain(), _session.Acks && _isHeard ? _timings.AskAgainLater : _timings.AskAgain);
    }

    private void OnChunk(MailboxAnswer.Chunk chunk)
    {
        if (!_isAsking && !_isLeaving && _first is null && chunk is { IsDrained: false, Messages.Length: > 0 })
        {
            // The mailbox has answered a repeated request after this session had read everything: it waits for this session to request again.
            _self.Tell(new MailboxesMoved());
            return;
        }

        if (!_isAsking || chunk.Number != _number || _isLeaving)
            return;
        _isAsking = false;
        Timers.Cancel(nameof(AskAgain));
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
        var messages = new NumberedEntryReader(chunk.Messages.Span);
        while (messages.TryRead(out var number, out var entry))
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
            _reported = _done;
            _isDrained = true;
            Context.Parent.Tell(new Drained());
        }
        else
            AskWhenReady();
    }

    /// <summary>Called from any thread.</summary>
    private void TellSpace() => _self.Tell(new OutboundHasSpace());

    private void OnAcked(Acked acked)
    {
        if (Math.Min(acked.UpTo, _have) <= _done)
            return;
        _done = Math.Min(acked.UpTo, _have);
        if (_isAsking && !Timers.IsTimerActive(nameof(ReportDone)))
            Timers.StartSingleTimer(nameof(ReportDone), new ReportDone(), _timings.ReportDone);
    }

    /// <summary>Tells the connection that the mailbox was reached. It answers with <see cref="Start"/>.</summary>
    /// <param name="Waiting">How many messages wait.</param>
    public sealed record Opened(long Waiting);

    /// <summary>The login was answered: what waits can be handed to the client.</summary>
    public sealed record Start;

    /// <summary>Tells the connection that nothing waits any more, and that chats come directly from now on.</summary>
    public sealed record Drained;

    /// <summary>The client acknowledged all messages up to a number.</summary>
    /// <param name="UpTo">The number.</param>
    public sealed record Acked(long UpTo);

    /// <summary>The session ended.</summary>
    public sealed record End;

    /// <summary>The connection is closed: nothing more will be written.</summary>
    public sealed record ConnectionGone;

    private sealed record LeaveAgain;

    private sealed record OutboundHasSpace;

    private sealed record AskAgain;

    private sealed record ReportDone;
}
