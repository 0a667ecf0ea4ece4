using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>The sending side of the link to one node: senders append from any thread, the <see cref="LinkActor"/> sends and acknowledges.</summary>
/// <remarks>The window is guarded by a lock instead of being an actor's own, so that a chat goes into its frame where it was read, and
/// a full window stops exactly the reader that found it full (docs/decisions/0002). Locks are taken in the order route, link,
/// outbound, and no callback runs under the link's lock.</remarks>
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

    /// <summary>What became of an append.</summary>
    public enum Append
    {
        /// <summary>The chat is on the link.</summary>
        Done,

        /// <summary>The window is full; the waiter will be called.</summary>
        Full,

        /// <summary>The node is gone.</summary>
        Closed,
    }

    /// <summary>The other node.</summary>
    public NodeId Target => target;

    /// <summary>True where the node is gone.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>True where nothing waits for an acknowledgement.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _window.Last == _window.Acknowledged;
        }
    }

    /// <summary>Counts the chats whose fate is not known here; those that nobody is answered for any more do not count.</summary>
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

    /// <summary>Sets the actor that sends, before anybody else can append.</summary>
    public void Attach(IActorRef actor)
    {
        lock (_gate)
            _actor = actor;
    }

    /// <summary>Puts a chat on the link.</summary>
    /// <param name="chat">The chat; copied.</param>
    /// <param name="isFirst">True for the first to its recipient since this path was chosen.</param>
    /// <param name="waiter">Called once when there is space again, where the window is full.</param>
    /// <param name="number">Its number on the link.</param>
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

    /// <summary>Tells the node that a session of its was replaced.</summary>
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

    /// <summary>True where the fate of entry <paramref name="number"/> is known here.</summary>
    public bool IsSettled(long number)
    {
        lock (_gate)
            return _window.Acknowledged >= number;
    }

    /// <summary>True where the fate of entry <paramref name="number"/> is known here; else <paramref name="then"/> is called when it is.</summary>
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

    /// <summary>Asks the actor to send what it may, unless it is asked already.</summary>
    public void Flush()
    {
        lock (_gate)
            AskFlush();
    }

    /// <summary>The actor begins to send: later appends ask anew.</summary>
    public void FlushBegins()
    {
        lock (_gate)
            _flushAsked = false;
    }

    /// <summary>Encodes the next frame, if one may go out.</summary>
    /// <param name="encode">Given the first number, the count and the entries.</param>
    /// <returns>The frame's body; null where there is none to send.</returns>
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

    /// <summary>True where something went out and is not acknowledged.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
                return _window.Sent > _window.Acknowledged;
        }
    }

    /// <summary>Number that the next entry to be sent has.</summary>
    public long NextNumber
    {
        get
        {
            lock (_gate)
                return _window.Sent + 1;
        }
    }

    /// <summary>Number up to which the other node acknowledged.</summary>
    public long Acknowledged
    {
        get
        {
            lock (_gate)
                return _window.Acknowledged;
        }
    }

    /// <summary>Goes back to the last acknowledgement.</summary>
    public void Rewind()
    {
        lock (_gate)
            _window.Rewind();
    }

    /// <summary>Takes in an acknowledgement: gives back what failed, then receipts what was delivered, then lets those go on who waited.</summary>
    /// <param name="ack">All up to this number were taken.</param>
    /// <param name="failures">What was not delivered, lowest number first.</param>
    /// <param name="connections">Where receipts go.</param>
    /// <param name="counters">Counts deliveries.</param>
    /// <param name="giveBack">Given each chat that failed. It must be back in its route before the link counts as settled, or a
    /// later chat could pass it.</param>
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

    /// <summary>The node is gone: gives back the chats it did not acknowledge, and takes no more.</summary>
    /// <remarks>A chat without an id that went out may have been delivered before the node died. At most once is its promise: it
    /// is not given back.</remarks>
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
