using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>The sending side of the link to one node. Senders append from any thread; the <see cref="LinkActor"/> sends the entries and takes the
/// acknowledgements.</summary>
/// <remarks>A lock guards the window, so that it does not belong to an actor. So a chat is written into its frame by the thread that read it, and a
/// full window stops exactly the reader that found it full (docs/decisions/0002). Locks are taken in the order route, link, outbound. Senders and
/// routes that wait are called without the link's lock.</remarks>
/// <param name="target">The other node.</param>
/// <param name="settings">The bounds.</param>
internal sealed class Link(NodeId target, LinkSettings settings)
{
    private readonly Lock _gate = new();
    private readonly SendWindow _window = new(settings);
    private readonly List<(long Number, Action Continue)> _settling = [];
    private List<IWindowWaiter> _waiters = [];
    private IActorRef _actor = ActorRefs.Nobody;
    private bool _flushAsked;
    private bool _closed;

    /// <summary>The result of an append.</summary>
    public enum Append
    {
        /// <summary>The chat is on the link.</summary>
        Done,

        /// <summary>The window is full. The waiter is called when there is space.</summary>
        Full,

        /// <summary>The node is gone, and the link is closed.</summary>
        Closed,
    }

    /// <summary>The other node.</summary>
    public NodeId Target => target;

    /// <summary>True if the node is gone.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>True if every entry is acknowledged.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _window.Last == _window.Acknowledged;
        }
    }

    /// <summary>Counts the chats whose result is not known here. Chats without an origin, whose senders were answered before, do not count.</summary>
    public int CountChats()
    {
        lock (_gate)
        {
            var count = 0;
            for (var number = _window.Acknowledged + 1; number <= _window.Last; number++)
            {
                if (LinkEntry.KindOf(_window[number]) == LinkEntryKind.Chat && LinkEntry.ReadChat(_window[number]).Origin != 0)
                    count++;
            }

            return count;
        }
    }

    /// <summary>Sets the actor that sends. Must be called before the first append.</summary>
    public void Attach(IActorRef actor)
    {
        lock (_gate)
            _actor = actor;
    }

    /// <summary>Puts a chat on the link.</summary>
    /// <param name="chat">The chat. It is copied.</param>
    /// <param name="isFirst">True for the first chat to its recipient since the route chose this path.</param>
    /// <param name="waiter">If the window is full, it is called once when there is space again.</param>
    /// <param name="number">The number of the chat on the link; 0 if it was not appended.</param>
    public Append TryAppend(in ChatView chat, bool isFirst, IWindowWaiter waiter, out long number)
    {
        lock (_gate)
        {
            number = 0;
            if (_closed)
                return Append.Closed;
            number = _window.TryAppend(chat, isFirst);
            if (number == 0)
            {
                _waiters.Add(waiter);
                return Append.Full;
            }

            AskFlush();
            return Append.Done;
        }
    }

    /// <summary>Tells the node that one of its sessions was replaced.</summary>
    public void TellReplaced(UserName user, long connection)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _window.Append(LinkEntry.Replaced(user, connection));
            AskFlush();
        }
    }

    /// <summary>True if the result of entry <paramref name="number"/> is known here.</summary>
    public bool IsSettled(long number)
    {
        lock (_gate)
            return _window.Acknowledged >= number;
    }

    /// <summary>True if the result of entry <paramref name="number"/> is known here. Otherwise <paramref name="then"/> is called when it
    /// is.</summary>
    public bool IsSettled(long number, Action then)
    {
        lock (_gate)
        {
            if (_window.Acknowledged >= number)
                return true;
            _settling.Add((number, then));
            return false;
        }
    }

    /// <summary>Asks the actor to send what may be sent now, unless it was asked already.</summary>
    public void Flush()
    {
        lock (_gate)
            AskFlush();
    }

    /// <summary>The actor begins to send. An append after this asks it again.</summary>
    public void FlushBegins()
    {
        lock (_gate)
            _flushAsked = false;
    }

    /// <summary>Encodes the next frame, if one may be sent now.</summary>
    /// <param name="encode">Makes the body from the number of the first entry, the count and the entries. Called under the lock.</param>
    /// <returns>The body of the frame; null if none may be sent.</returns>
    public byte[]? NextFrame(Func<long, int, ReadOnlyMemory<byte>, byte[]> encode)
    {
        lock (_gate)
        {
            if (!_window.CanSend)
                return null;
            var (first, count, bytes) = _window.NextFrame();
            return encode(first, count, bytes);
        }
    }

    /// <summary>True if an entry was sent and is not acknowledged.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
                return _window.Sent > _window.Acknowledged;
        }
    }

    /// <summary>Number of the next entry to be sent.</summary>
    public long NextNumber
    {
        get
        {
            lock (_gate)
                return _window.Sent + 1;
        }
    }

    /// <summary>Number of the last entry that the other node acknowledged.</summary>
    public long Acknowledged
    {
        get
        {
            lock (_gate)
                return _window.Acknowledged;
        }
    }

    /// <summary>Counts everything that is not acknowledged as not sent.</summary>
    public void Rewind()
    {
        lock (_gate)
            _window.Rewind();
    }

    /// <summary>Takes an acknowledgement. Chats that failed go back first; then delivered chats get their receipts; then senders that wait for space
    /// go on.</summary>
    /// <param name="ack">The other node has taken all entries up to this number.</param>
    /// <param name="failures">The entries that were not delivered, lowest number first.</param>
    /// <param name="connections">Where receipts go.</param>
    /// <param name="counters">Counts deliveries.</param>
    /// <param name="giveBack">Called with each entry that failed. The chat must be back in its route before the link counts as settled; otherwise a
    /// later chat could overtake it.</param>
    public void Acknowledge(
        long ack, IReadOnlyList<LinkFailure> failures, ConnectionTable connections, NodeCounters counters, Action<byte[], ErrorCode> giveBack)
    {
        long before;
        lock (_gate)
        {
            before = _window.Acknowledged;
            if (ack <= before || ack > _window.HighestSent)
                return;
        }

        foreach (var (entry, code) in Failed(before, ack, failures))
            giveBack(entry, code);
        List<Action> settled;
        List<IWindowWaiter> waiters;
        lock (_gate)
        {
            Receipt(before, ack, failures, connections, counters);
            _window.Acknowledge(ack);
            (settled, waiters) = TakeDue();
        }

        Continue(settled, waiters);
    }

    /// <summary>The node is gone. Gives back the chats that it did not acknowledge, and takes no more.</summary>
    /// <remarks>A chat without an id that was sent may have been delivered before the node died. It is promised at most once, so it is not given
    /// back.</remarks>
    /// <returns>How many chats were not given back.</returns>
    public long Close(Action<byte[], ErrorCode> giveBack)
    {
        List<byte[]> lost = [];
        long dropped = 0;
        lock (_gate)
        {
            _closed = true;
            for (var number = _window.Acknowledged + 1; number <= _window.Last; number++)
            {
                if (number > _window.HighestSent || _window.HasReceipt(number))
                    lost.Add(_window[number].ToArray());
                else if (LinkEntry.KindOf(_window[number]) == LinkEntryKind.Chat)
                    dropped++;
            }
        }

        foreach (var entry in lost)
            giveBack(entry, ErrorCode.RecipientOffline);
        List<Action> settled;
        List<IWindowWaiter> waiters;
        lock (_gate)
        {
            _window.Clear();
            (settled, waiters) = TakeDue();
        }

        Continue(settled, waiters);
        return dropped;
    }

    private static void Continue(List<Action> settled, List<IWindowWaiter> waiters)
    {
        foreach (var next in settled)
            next();
        foreach (var waiter in waiters)
            waiter.OnSpace();
    }

    private List<(byte[] Entry, ErrorCode Code)> Failed(long before, long ack, IReadOnlyList<LinkFailure> failures)
    {
        List<(byte[], ErrorCode)> failed = [];
        if (failures.Count == 0)
            return failed;
        lock (_gate)
        {
            foreach (var failure in failures)
            {
                if (failure.Number > before && failure.Number <= ack)
                    failed.Add((_window[failure.Number].ToArray(), failure.Code));
            }
        }

        return failed;
    }

    private void Receipt(long before, long ack, IReadOnlyList<LinkFailure> failures, ConnectionTable connections, NodeCounters counters)
    {
        var next = 0;
        long silent = 0;
        for (var number = before + 1; number <= ack; number++)
        {
            while (next < failures.Count && failures[next].Number < number)
                next++;
            if (next < failures.Count && failures[next].Number == number)
                continue;
            if (_window.HasReceipt(number))
                connections.Answer(LinkEntry.ReadChat(_window[number]), ErrorCode.None);
            else if (LinkEntry.KindOf(_window[number]) == LinkEntryKind.Chat)
                silent++;
        }

        counters.Delivered(silent);
    }

    private (List<Action> Settled, List<IWindowWaiter> Waiters) TakeDue()
    {
        List<Action> settled = [];
        for (var i = _settling.Count - 1; i >= 0; i--)
        {
            if (_settling[i].Number > _window.Acknowledged)
                continue;
            settled.Add(_settling[i].Continue);
            _settling.RemoveAt(i);
        }

        if (_waiters.Count == 0 || !(_closed || _window.HasSpace))
            return (settled, []);
        var waiters = _waiters;
        _waiters = [];
        return (settled, waiters);
    }

    private void AskFlush()
    {
        if (_flushAsked)
            return;
        _flushAsked = true;
        _actor.Tell(LinkActor.Flush.Instance);
    }
}
