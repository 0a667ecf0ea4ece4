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
    /// <summary>The pause before everything is sent again doubles each time, up to 2 to the power of this, times the setting.</summary>
    private const int MostDoublings = 3;

    /// <summary>After the chosen path brought no acknowledgement, frames go directly for this many checks.</summary>
    private const int ChecksOfDetour = 32;

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
    private ICanTell _path;
    private ICanTell _direct;
    private int _detour;
    private long _ackSeen;
    private readonly AckPolicy _acks;
    private bool _ackIsTimed;
    private bool _tookOneWithId;
    private bool _gap;
    private long _acknowledgedAtCheck = -1;
    private int _checksToWait;
    private int _resends;
    private bool _isChecking;

    /// <summary>Makes the actor of a link.</summary>
    /// <param name="self">This node.</param>
    /// <param name="link">The sending side.</param>
    /// <param name="path">Where frames go at first.</param>
    /// <param name="direct">The other node's gateway.</param>
    /// <param name="settings">When to acknowledge, and when to send again.</param>
    /// <param name="receiver">Takes the chats that come in, and those that come back.</param>
    /// <param name="connections">Where receipts go.</param>
    /// <param name="counters">Counts what becomes of chats, and bad frames.</param>
    /// <param name="ledger">Counts what comes from the other node.</param>
    /// <param name="trace">Remembers the events of messages.</param>
    public LinkActor(
        NodeId self,
        Link link,
        ICanTell path,
        ICanTell direct,
        LinkSettings settings,
        ILinkReceiver receiver,
        ConnectionTable connections,
        NodeCounters counters,
        PeerLedger.Line ledger,
        TraceLog trace)
    {
        _self = self;
        _link = link;
        _path = path;
        _direct = direct;
        _settings = settings;
        _acks = new AckPolicy(settings.AckDelay == TimeSpan.Zero ? 1 : settings.AckEvery);
        _receiver = receiver;
        _connections = connections;
        _counters = counters;
        _ledger = ledger;
        _trace = trace;
        _encode = Encode;
        _giveBack = (entry, code) => _receiver.Returned(entry, link, code);
        Receive<Flush>(_ => OnFlush());
        Receive<LinkFrame>(OnFrame);
        Receive<UsePath>(OnPath);
        Receive<PathBroke>(_ => SendAgain());
        Receive<AckLater>(_ => OnAckLater());
        Receive<CheckProgress>(_ => OnCheck());
        Receive<Close>(_ => OnClose());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

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

    private void Send(byte[] body) => (_detour > 0 ? _direct : _path).Tell(new LinkFrame(_self, _link.Target, 0, body), ActorRefs.NoSender);

    private void OnFrame(LinkFrame frame)
    {
        try
        {
            var body = LinkBody.Parse(frame.Body);
            _received.Seen(body.AckSeen);
            TakeEntries(body);
            _link.Acknowledge(body.Ack, body.Failures, _connections, _counters, _giveBack);
            _ackSeen = Math.Max(_ackSeen, Math.Min(body.Ack, _link.Acknowledged));
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
        Timers.StartSingleTimer(AckLater.Instance, AckLater.Instance, _settings.AckDelay);
    }

    private void OnAckLater()
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

    private void OnPath(UsePath use)
    {
        _path = use.Path;
        _direct = use.Direct;
        _detour = 0;

        // Frames in flight on the old path may be lost. The target drops the entries that it has taken already.
        SendAgain();
    }

    private void SendAgain()
    {
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
        Timers.StartPeriodicTimer(CheckProgress.Instance, CheckProgress.Instance, _settings.ResendAfter);
    }

    private void OnCheck()
    {
        var acknowledged = _link.Acknowledged;
        if (_detour > 0)
            _detour--;
        if (!_link.IsWaiting || acknowledged != _acknowledgedAtCheck)
        {
            _acknowledgedAtCheck = _link.IsWaiting ? acknowledged : -1;
            _resends = _checksToWait = 0;
            if (!_link.IsWaiting && _detour == 0)
            {
                _isChecking = false;
                Timers.Cancel(CheckProgress.Instance);
            }
        }
        else if (--_checksToWait <= 0)
        {
            _log.Debug("No acknowledgement from {0}: everything that is not acknowledged is sent again", _link.Target);
            _checksToWait = 1 << Math.Min(++_resends, MostDoublings);

            // The relay may reach this node but not the other one. So the direct path and the chosen path are tried in turns.
            _detour = _detour > 0 ? 0 : ChecksOfDetour;
            SendAgain();
        }
    }

    private void OnClose()
    {
        var dropped = _link.Close(_giveBack);
        _counters.Dropped(dropped);
        _ledger.TookAlong(dropped);
        if (dropped > 0)
            _log.Info("{0} chats without an id were on their way to {1} when it left: they are dropped, without an answer", dropped, _link.Target);
        Context.Stop(Self);
    }

    /// <summary>Sends what may be sent now.</summary>
    public sealed class Flush
    {
        /// <summary>The one instance.</summary>
        public static readonly Flush Instance = new();
    }

    /// <summary>Switches the path and sends again everything that is not acknowledged.</summary>
    /// <param name="Path">The relay, or the other node's gateway.</param>
    /// <param name="Direct">The other node's gateway.</param>
    public sealed record UsePath(ICanTell Path, ICanTell Direct);

    /// <summary>The connection that carried the path was lost, together with the frames in flight on it.</summary>
    public sealed class PathBroke
    {
        /// <summary>The one instance.</summary>
        public static readonly PathBroke Instance = new();
    }

    /// <summary>The other node is gone for good: closes the link.</summary>
    public sealed class Close
    {
        /// <summary>The one instance.</summary>
        public static readonly Close Instance = new();
    }

    private sealed class AckLater
    {
        public static readonly AckLater Instance = new();
    }

    private sealed class CheckProgress
    {
        public static readonly CheckProgress Instance = new();
    }
}
