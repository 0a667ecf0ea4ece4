using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>Handles both directions of the traffic with one other node: it sends the entries of the <see cref="Link"/>, takes entries that come in,
/// and acknowledges them.</summary>
/// <remarks>A frame carries entries and the acknowledgement of the other direction. The first append asks the actor to flush. What is appended before
/// the actor handles that request goes with the same flush, so batches grow with the load and need no timer.</remarks>
internal sealed class LinkActor : ReceiveActor, IWithTimers
{
    private readonly NodeId _self;
    private readonly Link _link;
    private readonly ILinkReceiver _receiver;
    private readonly ConnectionTable _connections;
    private readonly NodeCounters _counters;
    private readonly PeerLedger.Line _ledger;
    private readonly TraceLog _trace;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ReceiveWindow _received = new();
    private readonly Rejections _rejections = new();
    private readonly Func<long, int, ReadOnlyMemory<byte>, byte[]> _encode;
    private readonly Action<byte[], ErrorCode> _giveBack;
    private readonly LinkSettings _settings;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly PathPolicy _path;
    private readonly ResendPolicy _resends;
    private readonly AckPolicy _acks;
    private ICanTell _relay = ActorRefs.Nobody;
    private ICanTell _direct;
    private long _ackSeen;
    private bool _ackIsTimed;
    private bool _tookOneWithId;
    private bool _gap;
    private bool _isChecking;

    /// <summary>Makes the actor of a link.</summary>
    /// <param name="self">This node.</param>
    /// <param name="link">The sending side.</param>
    /// <param name="throughRelay">True if frames may go through the relay. Until the actor is told that there is one, they go directly.</param>
    /// <param name="direct">The other node's gateway.</param>
    /// <param name="settings">When to acknowledge, and when to send again.</param>
    /// <param name="receiver">Takes the chats that come in, and those that come back.</param>
    /// <param name="connections">Where receipts go.</param>
    /// <param name="counters">Counts what becomes of chats, and bad frames.</param>
    /// <param name="ledger">Counts what comes from the other node.</param>
    /// <param name="trace">Remembers the events of messages.</param>
    /// <param name="time">The clock.</param>
    public LinkActor(
        NodeId self,
        Link link,
        bool throughRelay,
        ICanTell direct,
        LinkSettings settings,
        ILinkReceiver receiver,
        ConnectionTable connections,
        NodeCounters counters,
        PeerLedger.Line ledger,
        TraceLog trace,
        TimeProvider time)
    {
        _self = self;
        _link = link;
        _direct = direct;
        _settings = settings;
        _path = new PathPolicy(throughRelay, settings.Timings.Fallback);
        _resends = new ResendPolicy(settings.Timings.MostResendDoublings);
        _acks = new AckPolicy(settings.AckDelay == TimeSpan.Zero ? 1 : settings.AckEvery);
        _receiver = receiver;
        _connections = connections;
        _counters = counters;
        _ledger = ledger;
        _trace = trace;
        _time = time;
        _start = time.GetTimestamp();
        _encode = Encode;
        _giveBack = (entry, code) => _receiver.Returned(entry, link, code);
        Serving();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The time since this actor was made.</summary>
    private TimeSpan Now => _time.GetElapsedTime(_start);

    private void Serving()
    {
        Receive<LinkMessages.Flush>(_ => OnFlush());
        Receive<LinkFrame>(OnFrame);
        Receive<LinkMessages.RelayBecameUsable>(m =>
        {
            _relay = m.Relay;
            Follow(_path.RelayBecameUsable());
        });
        Receive<LinkMessages.RelayBecameUnusable>(_ => Follow(_path.RelayBecameUnusable()));
        Receive<LinkMessages.TargetStarted>(m =>
        {
            _direct = m.Gateway;
            Follow(_path.TargetStarted());
        });
        Receive<LinkMessages.TargetDisconnected>(_ => Follow(_path.TargetDisconnected()));
        Receive<LinkMessages.AckDelayEnded>(_ => OnAckDelayEnded());
        Receive<LinkMessages.CheckProgress>(_ => OnCheck());
        Receive<LinkMessages.CloseLink>(_ => OnClose());
    }

    private void OnFlush()
    {
        _link.FlushBegins();
        while (_link.NextFrame(_encode) is { } body)
        {
            Send(body);
            StartChecking();
        }

        if (_acks.IsDue)
            Send(Encode(_link.NextNumber, 0, ReadOnlyMemory<byte>.Empty));
    }

    private byte[] Encode(long first, int count, ReadOnlyMemory<byte> entries)
    {
        _acks.Sent();
        var body = new LinkBody
        {
            First = first,
            Count = count,
            AckSeen = _ackSeen,
            Ack = _received.Taken,
            Gap = _gap,
            Failures = _received.Failures,
            Entries = entries,
        };
        _gap = false;
        return body.ToBytes();
    }

    private void Send(byte[] body) =>
        (_path.Current == PathKind.ThroughRelay ? _relay : _direct).Tell(new LinkFrame(_self, _link.Target, 0, body), ActorRefs.NoSender);

    private void OnFrame(LinkFrame frame)
    {
        try
        {
            var body = LinkBody.Parse(frame.Body);
            _received.Seen(body.AckSeen);
            TakeEntries(body);
            _link.Acknowledge(body.Ack, body.Failures, _connections, _counters, _giveBack);
            _ackSeen = Math.Max(_ackSeen, Math.Min(body.Ack, _link.Progress.Acknowledged));
            if (body.Gap)
                _link.Rewind();
            _link.Flush();
        }
        catch (FormatException e)
        {
            _counters.BadFrame();
            _log.Warning("A frame from {0} cannot be read and is dropped; its entries are sent again: {1}", frame.Origin, e.Message);
        }
    }

    private void TakeEntries(LinkBody body)
    {
        if (body.Count == 0)
            return;
        var skip = _received.Skip(body.First);
        if (skip < 0)
        {
            _gap = true;
            _acks.Took(atOnce: true);
            return;
        }

        var failed = _received.Failures.Count;
        _tookOneWithId = false;
        var reader = new LinkEntryReader(body.Entries.Span);
        for (var i = 0; i < body.Count && reader.TryRead(out var entry); i++)
        {
            if (i >= skip)
                _received.Take(TakeEntry(entry));
        }

        // Somebody waits for a receipt, or for a chat that comes back. For all other entries the acknowledgement only frees the window.
        _acks.Took(atOnce: _tookOneWithId || skip > 0 || _received.Failures.Count > failed);
        if (_acks.IsDue || _ackIsTimed)
            return;
        _ackIsTimed = true;
        var isOver = new LinkMessages.AckDelayEnded();
        Timers.StartSingleTimer(isOver, isOver, _settings.AckDelay);
    }

    private void OnAckDelayEnded()
    {
        _ackIsTimed = false;
        _acks.DelayIsOver();
        OnFlush();
    }

    /// <summary>Takes an entry. One that cannot be read counts as taken, with an error: refusing it would stop the link for ever.</summary>
    private ErrorCode TakeEntry(ReadOnlySpan<byte> entry)
    {
        try
        {
            switch (LinkEntry.KindOf(entry))
            {
                case LinkEntryKind.Chat:
                    return TakeChat(LinkEntry.ReadChat(entry));
                case LinkEntryKind.Replaced:
                    var (connection, user) = LinkEntry.ReadReplaced(entry);
                    _connections.Find(connection)?.Actor.Tell(new SessionReplaced(user));
                    return ErrorCode.None;
                default:
                    throw new FormatException($"kind {entry[0]} is of a newer version");
            }
        }
        catch (FormatException e)
        {
            _counters.BadFrame();
            _log.Warning("An entry from {0} cannot be read; if it was a chat, its sender gets the error internal: {1}", _link.Target, e.Message);
            return ErrorCode.Internal;
        }
    }

    private ErrorCode TakeChat(in ChatView chat)
    {
        _tookOneWithId |= !chat.Id.IsEmpty;
        var isDelivered = !_rejections.MustReject(chat) && _receiver.TryTake(chat);
        if (chat.Origin != 0)
            _ledger.Count(isDelivered);
        _trace.Note(chat.Id, isDelivered ? HopKind.Arrived : HopKind.SentBack, other: _link.Target);
        if (isDelivered)
            return ErrorCode.None;
        _rejections.Add(chat, _received.Taken + 1);
        return ErrorCode.RecipientOffline;
    }

    /// <summary>Does what the path policy decided. Frames go by <see cref="PathPolicy.Current"/> from now on.</summary>
    private void Follow(PathDecision decision)
    {
        if (!decision.SendsAgain)
            return;

        // The target drops the entries that it has taken already.
        _link.Rewind();
        _link.Flush();
    }

    /// <summary>Starts the checks for progress. They run only while something waits: a node has a link to every other node, and most of them are
    /// idle.</summary>
    private void StartChecking()
    {
        if (_isChecking)
            return;
        _isChecking = true;
        var check = new LinkMessages.CheckProgress();
        Timers.StartPeriodicTimer(check, check, _settings.Timings.CheckInterval);
    }

    private void OnCheck()
    {
        var (isWaiting, acknowledged) = _link.Progress;
        if (_resends.IsDue(isWaiting, acknowledged))
        {
            _log.Debug("No acknowledgement from {0}: everything that is not acknowledged is sent again", _link.Target);
            Follow(_path.NotAcknowledged(Now));
        }
        else
            Follow(_path.TimePassed(Now));

        if (isWaiting || _path.IsFallback)
            return;
        _isChecking = false;
        Timers.Cancel(new LinkMessages.CheckProgress());
    }

    private void OnClose()
    {
        var dropped = _link.Close(_giveBack);
        _counters.Dropped(dropped);
        _ledger.SetLostInFlight(dropped);
        if (dropped > 0)
            _log.Info("{0} chats without an id were on their way to {1} when it left: they are dropped, without an answer", dropped, _link.Target);
        Context.Stop(Self);
    }
}
