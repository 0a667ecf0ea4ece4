using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Routing;

/// <summary>Sends everything from this node to one recipient, in order. The recipient's place is this node, another node, the mailbox, or
/// unknown.</summary>
/// <remarks>
/// <code>
/// Flowing --place unknown or wrong--> Resolving --found--> Flowing
///    |  ^                                ^   \--registry does not answer--> all that waits is refused, Flowing
///    |  '--window has space-- Draining    |    \--recipient offline or acknowledges--> Depositing --kept--> Flowing or Depositing
///    |                                   '----- mailbox says: recipient is online -------'
///    '--path changes while entries are in flight--> Settling --all acknowledged or back--> Flowing or Resolving
/// </code>
/// The path changes only after everything that was sent on the old path was acknowledged or came back. Until then later chats wait in this route,
/// after those that come back. The mailbox is a path like the others, with one batch in flight at a time. So the order for each sender and recipient
/// holds across every change (docs/delivery.md, "Order"). The route's lock guards its state; <see cref="Local"/>, <see cref="RejectedBy"/> and
/// <see cref="WasUsed"/> are also used without it. Locks are taken in the order route, link, outbound.
/// </remarks>
/// <param name="user">The recipient.</param>
/// <param name="host">What the route needs from the node.</param>
internal sealed class Route(UserName user, IRouteHost host) : IWindowWaiter, IDepositOwner
{
    /// <summary>A batch for a mailbox has at most this many chats and this many bytes. A larger one would delay others.</summary>
    private const int MostInDeposit = 256;
    private const int MostBytesInDeposit = 60 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PendingChat> _returned = new();
    private readonly Queue<PendingChat> _waiting = new();
    private LocalSession? _local;
    private Link? _link;
    private long _lastOnLink;
    private Link? _unsettled;
    private long _unsettledTo;
    private Phase _phase;
    private bool _retired;
    private bool _toMailbox;
    private Deposit? _deposit;
    private ReaderId? _refusedBy;
    private long _stream;
    private long _deposited;

    private enum Phase
    {
        Flowing,
        Resolving,
        Settling,
        Draining,
        Depositing,
    }

    /// <inheritdoc/>
    public UserName User => user;

    /// <summary>True if the route was used since this was last set to false. The eviction from the place cache uses it.</summary>
    public bool WasUsed { get; set; }

    /// <summary>The recipient's session on this node; null if there is none.</summary>
    public LocalSession? Local => Volatile.Read(ref _local);

    /// <summary>The node that last answered "not here"; null if the last place was right.</summary>
    public NodeId? RejectedBy { get; private set; }

    /// <summary>Where chats go: the address of a node, <c>here</c>, <c>mailbox</c>, or an empty text if that is not known.</summary>
    public string Place
    {
        get
        {
            lock (_gate)
                return _local is not null ? "here" : _toMailbox ? "mailbox" : _link?.Target.Address ?? "";
        }
    }

    /// <summary>The present phase, as one word for operators.</summary>
    public string State
    {
        get
        {
            lock (_gate)
            {
                return _phase switch
                {
                    Phase.Flowing => "flowing",
                    Phase.Resolving => "resolving",
                    Phase.Settling => "settling",
                    Phase.Draining => "draining",
                    _ => "depositing",
                };
            }
        }
    }

    /// <summary>Counts the chats that wait. Chats without an origin, whose senders were answered before, do not count.</summary>
    public int CountChats()
    {
        lock (_gate)
            return _returned.Concat(_waiting).Concat(_deposit?.Chats ?? []).Count(c => c.View.Origin != 0);
    }

    /// <summary>Sends a chat, or keeps it until the recipient's place is known.</summary>
    public SendResult Send(in ChatView chat, ISender origin)
    {
        lock (_gate)
        {
            if (_retired)
                return SendResult.Stale;
            WasUsed = true;
            if (_phase == Phase.Flowing)
            {
                if (_local is { } session && session.TryDeliver(chat))
                {
                    host.Answer(chat, ErrorCode.None);
                    return SendResult.Done;
                }

                if (_local is null && _link is { } link)
                {
                    switch (link.TryAppend(chat, isFirst: _lastOnLink == 0, origin, out var number))
                    {
                        case Link.Append.Done:
                            _lastOnLink = number;
                            return SendResult.Done;
                        case Link.Append.Full:
                            return SendResult.Full;
                    }
                }
            }

            var pending = new PendingChat(chat, origin);
            if (!origin.TryReserve(pending.Size))
                return SendResult.Full;
            _waiting.Enqueue(pending);
            if (_phase == Phase.Flowing && _toMailbox && _local is null)
                DepositNext();
            else if (_phase == Phase.Flowing)
                LookUp();
            return SendResult.Done;
        }
    }

    /// <summary>The user logged in on this node. Gives the session that the user had here before.</summary>
    /// <returns>False if the route is retired. Then the caller needs a new one.</returns>
    public bool SetLocal(LocalSession session, out LocalSession? previous)
    {
        lock (_gate)
        {
            previous = _local;
            if (_retired)
                return false;
            Arrive(session);
            return true;
        }
    }

    /// <summary>Sets a session again that was removed with <see cref="ClearLocal"/>, unless there is another one.</summary>
    /// <returns>False if the route is retired. Then the caller needs a new one.</returns>
    public bool RestoreLocal(LocalSession session)
    {
        lock (_gate)
        {
            if (!_retired && _local is null)
                Arrive(session);
            return !_retired;
        }
    }

    /// <summary>The session ended, or reads its mailbox first. Nothing happens if another session has taken its place.</summary>
    public void ClearLocal(LocalSession session)
    {
        lock (_gate)
        {
            if (_local != session)
                return;
            _local = null;
            RetireIfIdle();
        }
    }

    /// <summary>A chat came back from a link, because the recipient was not there. Gives false if the route is retired.</summary>
    public bool Returned(PendingChat chat, Link from)
    {
        lock (_gate)
        {
            if (_retired)
                return false;
            chat.Origin?.Reserve(chat.Size);
            _returned.Enqueue(chat);
            RejectedBy = from.Target;
            if (_link == from)
                LeaveLink();
            if (_phase is Phase.Flowing or Phase.Draining)
                Flow();
            return true;
        }
    }

    /// <summary>Takes chats that a session on this node had and did not read. They go to the recipient's next place or into the mailbox, before all
    /// others.</summary>
    /// <param name="chats">The chats.</param>
    /// <param name="gone">The session, which has ended.</param>
    /// <returns>False if the route is retired. Then the caller needs a new one.</returns>
    public bool TakeBack(IReadOnlyList<PendingChat> chats, ReaderId gone)
    {
        lock (_gate)
        {
            if (_retired)
                return false;
            foreach (var chat in chats)
                _returned.Enqueue(chat);
            _refusedBy = gone;
            if (_phase is Phase.Flowing or Phase.Draining or Phase.Resolving)
                UseMailbox();
            return true;
        }
    }

    /// <summary>The registry named a node. Everything that waits goes there.</summary>
    public void Found(Link link)
    {
        lock (_gate)
        {
            if (_phase != Phase.Resolving)
                return;
            if (_local is null)
                _link = link;
            RejectedBy = null;
            Flow();
        }
    }

    /// <summary>Everything goes through the mailbox, because the recipient acknowledges messages or has no session.</summary>
    public void FoundMailbox()
    {
        lock (_gate)
        {
            if (_phase == Phase.Resolving)
                UseMailbox();
        }
    }

    /// <summary>The recipient has no session. What waits goes into the mailbox, or is refused if there are no mailboxes.</summary>
    public void FoundNowhere()
    {
        if (!host.HasMailboxes)
            Fail(ErrorCode.RecipientOffline);
        else
            FoundMailbox();
    }

    /// <inheritdoc/>
    public void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures)
    {
        lock (_gate)
        {
            if (_deposit != deposit)
                return;
            _refusedBy = null;
            var next = 0;
            for (var i = 0; i < deposit.Chats.Count; i++)
            {
                var number = deposit.First + i;
                while (next < failures.Count && failures[next].Number < number)
                    next++;
                var code = next < failures.Count && failures[next].Number == number ? failures[next].Code : ErrorCode.None;
                Finish(deposit.Chats[i], code, stored: code == ErrorCode.None);
            }

            _deposit = null;
            Flow();
        }
    }

    /// <inheritdoc/>
    public void RecipientOnline(Deposit deposit, ReaderId reader)
    {
        lock (_gate)
        {
            if (_deposit != deposit)
                return;
            var behind = _returned.ToArray();
            _returned.Clear();
            foreach (var chat in deposit.Chats)
            {
                chat.BeginAnew();
                _returned.Enqueue(chat);
            }

            foreach (var chat in behind)
                _returned.Enqueue(chat);
            _deposit = null;
            _refusedBy = reader;
            _toMailbox = false;
            if (_local is null)
                LookUp();
            else
                Flow();
        }
    }

    /// <inheritdoc/>
    public void TimedOut(Deposit deposit)
    {
        lock (_gate)
        {
            if (_deposit != deposit)
                return;
            foreach (var chat in deposit.Chats)
                Finish(chat, ErrorCode.MailboxUnavailable, stored: false);
            _deposit = null;
            _stream = 0;
            Flow();
        }
    }

    /// <summary>The registry names this node, but there is no session here that takes chats. Gives true if another look-up makes sense.</summary>
    /// <remarks>The first chat decides, as on the path to another node. New chats keep coming, and older ones must not wait until every chat has used
    /// up its attempts.</remarks>
    public bool MissedHere(NodeId self, int maxAttempts)
    {
        lock (_gate)
        {
            if (_phase != Phase.Resolving || _local is not null)
            {
                Flow();
                return false;
            }

            RejectedBy = self;
            foreach (var chat in _returned.Concat(_waiting))
                chat.Missed();
            while (_returned.TryPeek(out var first) || _waiting.TryPeek(out first))
            {
                if (first.Attempt < maxAttempts)
                    return true;
                if (host.HasMailboxes)
                {
                    UseMailbox();
                    return false;
                }

                Finish(first, ErrorCode.RecipientOffline, stored: false);
                if (!_returned.TryDequeue(out _))
                    _waiting.Dequeue();
            }

            RejectedBy = null;
            Flow();
            return false;
        }
    }

    /// <summary>The place cannot be found. Everything that waits is refused.</summary>
    public void Fail(ErrorCode code)
    {
        lock (_gate)
        {
            if (_phase != Phase.Resolving)
                return;
            if (_local is null)
                RefuseAll(code);
            else
                Flow();
        }
    }

    /// <summary>Retires the route, if nothing depends on it.</summary>
    public void Evict()
    {
        lock (_gate)
            RetireIfIdle();
    }

    /// <inheritdoc/>
    public void OnSpace()
    {
        lock (_gate)
        {
            if (_phase == Phase.Draining)
                Flow();
        }
    }

    private void OnSettled()
    {
        lock (_gate)
        {
            if (_phase == Phase.Settling)
                Flow();
        }
    }

    private void Arrive(LocalSession session)
    {
        _local = session;
        _toMailbox = false;
        LeaveLink();
        if (_phase is Phase.Flowing or Phase.Draining)
            Flow();
    }

    private void UseMailbox()
    {
        LeaveLink();
        RejectedBy = null;
        _toMailbox = _local is null;
        Flow();
    }

    private void Finish(PendingChat chat, ErrorCode code, bool stored)
    {
        if (stored)
            host.AnswerStored(chat.View);
        else
            host.Answer(chat.View, code);
        chat.Origin?.Release(chat.Size);
        chat.Settled?.Invoke();
    }

    /// <summary>Sends waiting chats into the mailbox, as many as one batch takes.</summary>
    private void DepositNext()
    {
        List<PendingChat> chats = [];
        var bytes = 0;
        while ((_returned.TryPeek(out var chat) || _waiting.TryPeek(out chat))
            && (chats.Count == 0 || (chats.Count < MostInDeposit && bytes + EntryList.SizeOf(chat.Size) <= MostBytesInDeposit)))
        {
            bytes += EntryList.SizeOf(chat.Size);
            chats.Add(chat);
            if (!_returned.TryDequeue(out _))
                _waiting.Dequeue();
        }

        if (_stream == 0)
            (_stream, _deposited) = (host.NextStream(), 0);
        _phase = Phase.Depositing;
        _deposit = new Deposit(this, _stream, _deposited + 1, chats, _refusedBy, _returned.TryPeek(out var next) && next.IsTakenBack);
        _deposited += chats.Count;
        host.Deposit(_deposit);
    }

    /// <summary>Gives up the link. The chats in flight on it must settle before anything is sent on another path.</summary>
    private void LeaveLink()
    {
        if (_link is null)
            return;
        if (_lastOnLink > 0)
        {
            _unsettled = _link;
            _unsettledTo = _lastOnLink;
        }

        _link = null;
        _lastOnLink = 0;
    }

    /// <summary>Sends the chats that wait, as far as the state allows, and sets the phase.</summary>
    private void Flow()
    {
        if (_deposit is not null)
        {
            _phase = Phase.Depositing;
            return;
        }

        if (_unsettled is { } old && !old.IsSettled(_unsettledTo, OnSettled))
        {
            _phase = Phase.Settling;
            return;
        }

        _unsettled = null;
        while (_returned.TryPeek(out var chat) || _waiting.TryPeek(out chat))
        {
            if (_local is null && host.HasMailboxes && (_toMailbox || chat.Attempt >= host.MaxAttempts))
            {
                if (!_toMailbox && _link is not null)
                    UseMailbox();
                else
                {
                    _toMailbox = true;
                    DepositNext();
                }

                return;
            }

            switch (SendOn(chat))
            {
                case SendResult.Done:
                    chat.Origin?.Release(chat.Size);
                    chat.Settled?.Invoke();
                    if (!_returned.TryDequeue(out _))
                        _waiting.Dequeue();
                    break;
                case SendResult.Full:
                    _phase = Phase.Draining;
                    return;
                default:
                    LookUp();
                    return;
            }
        }

        _phase = Phase.Flowing;
        RetireIfIdle();
    }

    private SendResult SendOn(PendingChat chat)
    {
        var view = chat.View;
        if (_local is { } session)
        {
            if (!session.TryDeliver(view))
                return SendResult.Stale;
            host.Answer(view, ErrorCode.None);
            return SendResult.Done;
        }

        if (chat.Attempt >= host.MaxAttempts)
        {
            host.Answer(view, ErrorCode.RecipientOffline);
            return SendResult.Done;
        }

        if (_link is not { } link)
            return SendResult.Stale;
        switch (link.TryAppend(view, isFirst: _lastOnLink == 0, this, out var number))
        {
            case Link.Append.Done:
                _lastOnLink = number;
                return SendResult.Done;
            case Link.Append.Full:
                return SendResult.Full;
            default:
                return SendResult.Stale;
        }
    }

    private void LookUp()
    {
        // A session that takes nothing more is closing. The registry knows which session comes next.
        LeaveLink();
        _local = null;
        _toMailbox = false;
        _phase = Phase.Resolving;
        host.LookUp(this);
    }

    private void RefuseAll(ErrorCode code)
    {
        while (_returned.TryDequeue(out var chat) || _waiting.TryDequeue(out chat))
            Finish(chat, code, stored: false);

        RejectedBy = null;
        _phase = Phase.Flowing;
        RetireIfIdle();
    }

    private void RetireIfIdle()
    {
        if (_retired || _phase != Phase.Flowing || _local is not null || _waiting.Count > 0 || _returned.Count > 0)
            return;
        if ((_toMailbox || _link is { IsClosed: false }) && WasUsed)
            return;
        if (_link is { } link && _lastOnLink > 0 && !link.IsSettled(_lastOnLink))
            return;
        if (_unsettled is { } old && !old.IsSettled(_unsettledTo))
            return;
        _retired = true;
        host.Retire(this);
    }
}
