using System.Runtime.InteropServices;
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
/// full window stops exactly the reader that found it full (docs/decisions/0002). The lock of a route may be held when the link's lock is taken.
/// Under the link's lock no other lock is taken: frames are encoded, and senders and routes are called, without it.</remarks>
/// <param name="target">The other node.</param>
/// <param name="settings">The bounds.</param>
internal sealed class Link(NodeId target, LinkSettings settings)
{
    /// <summary>This message is sent for each batch of chats, so it is not allocated each time.</summary>
    private static readonly LinkMessages.Flush s_flush = new();

    private readonly Lock _gate = new();
    private readonly SendWindow _window = new(settings);
    private readonly LinkWaiters _waiters = new();
    private readonly List<SentEntry> _acknowledged = [];
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
            return _window.CountChats();
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
                _waiters.AddForSpace(waiter);
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
            _waiters.AddForResult(number, then);
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

    /// <summary>Encodes the next frame, if one may be sent now. Only the link's actor calls it.</summary>
    /// <param name="encode">Makes the body from the number of the first entry, the count and the entries. Called without the lock: the bytes of an
    /// entry never change.</param>
    /// <returns>The body of the frame; null if none may be sent.</returns>
    public byte[]? NextFrame(Func<long, int, ReadOnlyMemory<byte>, byte[]> encode)
    {
        long first;
        int count;
        ReadOnlyMemory<byte> bytes;
        lock (_gate)
        {
            if (!_window.CanSend)
                return null;
            (first, count, bytes) = _window.NextFrame();
        }

        return encode(first, count, bytes);
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

    /// <summary>Whether an entry was sent and is not acknowledged, and the number of the last entry that the other node acknowledged.</summary>
    public (bool IsWaiting, long Acknowledged) Progress
    {
        get
        {
            lock (_gate)
                return (_window.Sent > _window.Acknowledged, _window.Acknowledged);
        }
    }

    /// <summary>Counts everything that is not acknowledged as not sent.</summary>
    public void Rewind()
    {
        lock (_gate)
            _window.Rewind();
    }

    /// <summary>Takes an acknowledgement. Chats that failed go back first; then delivered chats get their receipts; then senders that wait for space
    /// go on. Only the link's actor calls it.</summary>
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
            _acknowledged.Clear();
            _window.CopyTo(_acknowledged, ack);
        }

        // The entries stay in the window until everybody was answered: only this method and Close remove entries, and both run in the actor.
        foreach (var failure in failures)
        {
            if (failure.Number > before && failure.Number <= ack)
                giveBack(_acknowledged[(int)(failure.Number - before - 1)].Bytes.ToArray(), failure.Code);
        }

        Answer(before, failures, connections, counters);
        _acknowledged.Clear();
        LinkWaiters.Due due;
        lock (_gate)
        {
            _window.Acknowledge(ack);
            due = _waiters.TakeDue(_window.Acknowledged, _closed || _window.HasSpace);
        }

        due.Continue();
    }

    /// <summary>The node is gone. Gives back the chats that it did not acknowledge, and takes no more. Only the link's actor calls it.</summary>
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
        LinkWaiters.Due due;
        lock (_gate)
        {
            _window.Clear();
            due = _waiters.TakeDue(_window.Acknowledged, hasSpace: true);
        }

        due.Continue();
        return dropped;
    }

    /// <summary>Answers the acknowledged chats that did not fail, and counts those that get no receipt.</summary>
    private void Answer(long before, IReadOnlyList<LinkFailure> failures, ConnectionTable connections, NodeCounters counters)
    {
        var next = 0;
        long silent = 0;
        var number = before;
        foreach (var entry in CollectionsMarshal.AsSpan(_acknowledged))
        {
            number++;
            while (next < failures.Count && failures[next].Number < number)
                next++;
            if (next < failures.Count && failures[next].Number == number)
                continue;
            if (entry.HasReceipt)
                connections.Answer(LinkEntry.ReadChat(entry.Bytes), ErrorCode.None);
            else if (LinkEntry.KindOf(entry.Bytes) == LinkEntryKind.Chat)
                silent++;
        }

        counters.Delivered(silent);
    }

    private void AskFlush()
    {
        if (_flushAsked)
            return;
        _flushAsked = true;
        _actor.Tell(s_flush);
    }
}
