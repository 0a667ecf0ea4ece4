using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Routing;

/// <summary>Sends everything from this node to one recipient, in order, to the recipient's <see cref="Place"/>.</summary>
/// <remarks>Senders, sessions, links, the resolver and the depositor tell it what happens, from any thread. It notes that under its lock and lets its
/// <see cref="Forwarder"/> send what may be sent. What the next chat waits for is the <see cref="RoutePhase"/>. How the order holds when the place
/// changes: docs/delivery.md, "Order". <see cref="Place"/>, <see cref="Local"/>, <see cref="State"/>, <see cref="WrongNode"/> and
/// <see cref="WasUsed"/> need no lock. A retired route takes nothing more: the caller needs a new one. Locks are taken in the order route, link, outbound.</remarks>
/// <param name="user">The recipient.</param>
/// <param name="host">What the route needs from the node.</param>
internal sealed class Route(UserName user, IRouteHost host) : IWindowWaiter, IDepositOwner
{
    private readonly Lock _gate = new();
    private readonly Forwarder _forwarder = new(host);
    private bool _retired;

    /// <inheritdoc/>
    public UserName User => user;

    /// <summary>True if the route was used since this was last set to false. The eviction from the place cache uses it.</summary>
    public bool WasUsed { get; set; }

    /// <summary>Where chats go now.</summary>
    public Place Place => _forwarder.Place;

    /// <summary>The recipient's session on this node; null if there is none.</summary>
    public LocalSession? Local => (Place as Place.Here)?.Session;

    /// <summary>The node that last answered "not here"; null if another place was found since.</summary>
    public NodeId? WrongNode => _forwarder.WrongNode;

    /// <summary>What the next chat waits for, as one word for operators.</summary>
    public string State => _forwarder.Phase.ToString().ToLowerInvariant();

    /// <summary>Counts the chats that wait. Chats without an origin, whose senders were answered before, do not count.</summary>
    public int CountChats()
    {
        lock (_gate)
            return _forwarder.Waiting.All.Concat(_forwarder.Deposits.InFlight?.Chats ?? []).Count(c => c.View.Origin != 0);
    }

    /// <summary>Sends a chat, or keeps it until the recipient's place is known.</summary>
    public SendResult Send(in ChatView chat, ISender origin)
    {
        lock (_gate)
        {
            if (_retired)
                return SendResult.Stale;
            WasUsed = true;
            var isFlowing = _forwarder.Phase == RoutePhase.Flowing;
            if (isFlowing && _forwarder.TrySend(chat, origin) is var result and not SendResult.Stale)
                return result;

            var pending = new PendingChat(chat, origin);
            if (!origin.TryReserve(pending.Size))
                return SendResult.Full;
            _forwarder.Waiting.Add(pending);
            if (isFlowing)
                SendWaiting();
            return SendResult.Done;
        }
    }

    /// <summary>The user logged in on this node. Gives the session that was here before, and returns false if the route is retired.</summary>
    public bool SetLocal(LocalSession session, out LocalSession? previous)
    {
        lock (_gate)
        {
            previous = Local;
            if (_retired)
                return false;
            _forwarder.MoveTo(new Place.Here(session));
            Continue();
            return true;
        }
    }

    /// <summary>Sets a session again after <see cref="ClearLocal"/>, unless there is another one. Gives false if the route is retired.</summary>
    public bool RestoreLocal(LocalSession session)
    {
        lock (_gate)
            return Local is not null || SetLocal(session, out _);
    }

    /// <summary>The session ended, or reads its mailbox first. Nothing happens if another session has taken its place.</summary>
    public void ClearLocal(LocalSession session)
    {
        lock (_gate)
        {
            if (Local != session)
                return;
            _forwarder.MoveTo(new Place.Unknown());
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
            _forwarder.Waiting.AddReturned(chat);
            _forwarder.LeaveLink(from);
            Continue();
            return true;
        }
    }

    /// <summary>Takes chats that a session on this node had and did not read, before all others. Gives false if the route is retired.</summary>
    /// <param name="chats">The chats. They go to the recipient's next place, or into the mailbox.</param>
    /// <param name="ended">The session, which has ended.</param>
    public bool TakeBack(IReadOnlyList<PendingChat> chats, ReaderId ended)
    {
        lock (_gate)
        {
            if (_retired)
                return false;
            _forwarder.Waiting.AddUnread(chats);
            _forwarder.Deposits.EndedReader = ended;
            if (_forwarder.Phase is RoutePhase.Settling or RoutePhase.Depositing)
                return true;
            _forwarder.UseMailbox();
            SendWaiting();
            return true;
        }
    }

    /// <summary>The registry named a node. Everything that waits goes there.</summary>
    public void Found(Link link)
    {
        lock (_gate)
        {
            if (!NeedsAnswer())
                return;
            _forwarder.MoveTo(new Place.OnLink(link));
            SendWaiting();
        }
    }

    /// <summary>Everything goes through the mailbox, because the recipient acknowledges messages or has no session.</summary>
    public void FoundMailbox()
    {
        lock (_gate)
        {
            if (!NeedsAnswer())
                return;
            _forwarder.UseMailbox();
            SendWaiting();
        }
    }

    /// <summary>The recipient has no session. What waits goes into the mailbox, or is refused if there are no mailboxes.</summary>
    public void FoundNowhere()
    {
        if (host.HasMailboxes)
            FoundMailbox();
        else
            Fail(ErrorCode.RecipientOffline);
    }

    /// <summary>The registry names this node, but there is no session here that takes chats. Gives true if the place must be looked up again.</summary>
    public bool FoundNobodyHere()
    {
        lock (_gate)
        {
            if (!NeedsAnswer())
                return false;
            var isAgain = _forwarder.MustLookUpAgain();
            if (!isAgain)
                SendWaiting();
            return isAgain;
        }
    }

    /// <summary>The place cannot be found. Everything that waits is refused.</summary>
    public void Fail(ErrorCode code)
    {
        lock (_gate)
        {
            if (!NeedsAnswer())
                return;
            _forwarder.RefuseAll(code);
            SendWaiting();
        }
    }

    /// <inheritdoc/>
    public void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures)
    {
        lock (_gate)
        {
            if (!_forwarder.Deposits.TryEnd(deposit))
                return;
            _forwarder.Deposits.EndedReader = null;
            _forwarder.Answer(deposit, failures);
            SendWaiting();
        }
    }

    /// <inheritdoc/>
    public void RecipientOnline(Deposit deposit, ReaderId reader)
    {
        lock (_gate)
        {
            if (!_forwarder.Deposits.TryEnd(deposit))
                return;
            _forwarder.Waiting.PutBack(deposit.Chats);

            // If the chats come to the mailbox again, the session that it named now is not reached, so it has ended.
            _forwarder.Deposits.EndedReader = reader;
            if (Place is Place.InMailbox)
                _forwarder.MoveTo(new Place.Unknown());
            SendWaiting();
        }
    }

    /// <inheritdoc/>
    public void TimedOut(Deposit deposit)
    {
        lock (_gate)
        {
            if (!_forwarder.Deposits.TryEnd(deposit))
                return;
            _forwarder.Deposits.Restart();
            foreach (var chat in deposit.Chats)
                _forwarder.Answer(chat, ErrorCode.MailboxUnavailable);
            SendWaiting();
        }
    }

    /// <inheritdoc/>
    public void OnSpace()
    {
        lock (_gate)
            Continue();
    }

    /// <summary>The results of everything that was sent to the place of before are known.</summary>
    public void OnSettled()
    {
        lock (_gate)
        {
            if (_forwarder.Phase == RoutePhase.Settling)
                SendWaiting();
        }
    }

    /// <summary>Retires the route, if nothing depends on it.</summary>
    public void Evict()
    {
        lock (_gate)
            RetireIfIdle();
    }

    /// <summary>Sends what waits, unless an answer must come first.</summary>
    private void Continue()
    {
        if (_forwarder.Phase is RoutePhase.Flowing or RoutePhase.Draining)
            SendWaiting();
    }

    /// <summary>True if the route waits for the answer of a look-up. If a session came here meanwhile, the chats go there instead.</summary>
    private bool NeedsAnswer()
    {
        if (_forwarder.Phase != RoutePhase.Resolving)
            return false;
        if (Place is Place.Unknown)
            return true;
        SendWaiting();
        return false;
    }

    private void SendWaiting()
    {
        _forwarder.SendWaiting(this);
        RetireIfIdle();
    }

    private void RetireIfIdle()
    {
        if (_retired || Place is Place.Here || !_forwarder.IsAtRest)
            return;
        if (WasUsed && Place is Place.InMailbox or Place.OnLink { Link.IsClosed: false })
            return;
        _retired = true;
        host.Retire(this);
    }
}
