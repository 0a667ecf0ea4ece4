using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Routing;

/// <summary>The way to one recipient: here, over a link, or not known yet. Keeps the order of what is sent to that recipient.</summary>
/// <remarks>
/// <code>
/// Flowing --place unknown or wrong--> Resolving --found--> Flowing
///    |  ^                                ^   \--offline, registry away--> all that waits is refused, Flowing
///    |  '--window has room-- Draining    |
///    '--path changes, entries under way--> Settling --all acknowledged or back--> Flowing or Resolving
/// </code>
/// A path is changed only when everything sent on the old one is acknowledged or came back; until then later chats wait here, behind
/// those that come back. So the order per sender and recipient holds over every change (docs/delivery.md, "Order").
/// All members are guarded by the route's lock; the owner takes locks in the order route, link, outbound.
/// </remarks>
/// <param name="user">The recipient.</param>
/// <param name="host">What the route needs of the node.</param>
internal sealed class Route(UserName user, IRouteHost host) : IRoomWaiter
{
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

    private enum Phase
    {
        Flowing,
        Resolving,
        Settling,
        Draining,
    }

    /// <summary>The recipient.</summary>
    public UserName User => user;

    /// <summary>True where the route was used since this was last set to false; for the cache's eviction.</summary>
    public bool WasUsed { get; set; }

    /// <summary>The recipient's session here; null where there is none.</summary>
    public LocalSession? Local => Volatile.Read(ref _local);

    /// <summary>The node that last said "not here"; null where the last place was right.</summary>
    public NodeId? RejectedBy { get; private set; }

    /// <summary>Sends a chat, or takes it to wait for the recipient's place.</summary>
    public SendResult Send(in ChatView chat, ClientConnection origin)
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
            if (_phase == Phase.Flowing)
                LookUp();
            return SendResult.Done;
        }
    }

    /// <summary>The user logged in here; gives the session it had here before.</summary>
    /// <returns>False where the route was retired meanwhile.</returns>
    public bool SetLocal(LocalSession session, out LocalSession? previous)
    {
        lock (_gate)
        {
            previous = _local;
            if (_retired)
                return false;
            _local = session;
            LeaveLink();
            if (_phase is Phase.Flowing or Phase.Draining)
                Flow();
            return true;
        }
    }

    /// <summary>The session ended; nothing happens where another one took its place.</summary>
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

    /// <summary>A chat came back from a link: the recipient was not there.</summary>
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

    /// <summary>The registry named a node: everything that waits goes there.</summary>
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

    /// <summary>The registry names this node and there is no such session here; true where trying again makes sense.</summary>
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
                chat.Attempt++;
            if (!_returned.Concat(_waiting).All(chat => chat.Attempt >= maxAttempts))
                return true;
            RefuseAll(ErrorCode.RecipientOffline);
            return false;
        }
    }

    /// <summary>There is no place to send to: everything that waits is refused.</summary>
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

    /// <summary>Takes the route out of use where nothing depends on it.</summary>
    public void Evict()
    {
        lock (_gate)
            RetireIfIdle();
    }

    /// <inheritdoc/>
    public void OnRoom()
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

    /// <summary>Gives up the link; what is under way on it has to settle before anything goes another way.</summary>
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

    /// <summary>Sends on what waits, as far as the state of things allows, and sets the phase accordingly.</summary>
    private void Flow()
    {
        if (_unsettled is { } old && !old.IsSettled(_unsettledTo, OnSettled))
        {
            _phase = Phase.Settling;
            return;
        }

        _unsettled = null;
        while (_returned.TryPeek(out var chat) || _waiting.TryPeek(out chat))
        {
            switch (SendOn(chat))
            {
                case SendResult.Done:
                    chat.Origin?.Release(chat.Size);
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
        // A session that takes nothing more is on its way out; the registry knows who comes next.
        LeaveLink();
        _local = null;
        _phase = Phase.Resolving;
        host.LookUp(this);
    }

    private void RefuseAll(ErrorCode code)
    {
        while (_returned.TryDequeue(out var chat) || _waiting.TryDequeue(out chat))
        {
            host.Answer(chat.View, code);
            chat.Origin?.Release(chat.Size);
        }

        RejectedBy = null;
        _phase = Phase.Flowing;
        RetireIfIdle();
    }

    private void RetireIfIdle()
    {
        if (_retired || _phase != Phase.Flowing || _local is not null || _waiting.Count > 0 || _returned.Count > 0)
            return;
        if (_link is { IsClosed: false } && WasUsed)
            return;
        if (_link is { } link && _lastOnLink > 0 && !link.IsSettled(_lastOnLink))
            return;
        if (_unsettled is { } old && !old.IsSettled(_unsettledTo))
            return;
        _retired = true;
        host.Retire(this);
    }
}
