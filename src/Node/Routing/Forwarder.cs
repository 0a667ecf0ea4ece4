using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Routing;

/// <summary>Forwards the chats of one route in order, to one place after another.</summary>
/// <remarks>
/// Not thread-safe: the route calls it under its lock. Two rules hold for every change of the place. It leaves a place in <see cref="MoveTo"/> alone:
/// nothing is sent to the next place until everything that was sent to the old one was acknowledged or came back. Until then later chats wait, behind
/// those that come back. It gives up looking for a session in <see cref="GiveUp"/> alone: when the first chat that waits was tried as often as
/// allowed. The mailbox is a place like the others, with one deposit in flight at a time.
/// </remarks>
/// <param name="host">What the route needs from the node.</param>
internal sealed class Forwarder(IRouteHost host)
{
    private Place _place = new Place.Unknown();
    private Place.OnLink? _unsettled;

    /// <summary>The chats that wait.</summary>
    public WaitingChats Waiting { get; } = new();

    /// <summary>The path into the mailbox.</summary>
    public DepositStream Deposits { get; } = new();

    /// <summary>What the next chat waits for.</summary>
    public RoutePhase Phase { get; private set; }

    /// <summary>Where chats go now. Any thread may read it.</summary>
    public Place Place => Volatile.Read(ref _place);

    /// <summary>The node that last answered "not here"; null if another place was found since. Any thread may read it.</summary>
    public NodeId? WrongNode { get; private set; }

    /// <summary>True if no chat waits, and the results of all chats that were sent are known.</summary>
    public bool IsAtRest => Phase == RoutePhase.Flowing && Waiting.IsEmpty && _place is not Place.OnLink { IsSettled: false };

    /// <summary>Changes the place. The chats in flight to the old one must settle before anything is sent to the next one.</summary>
    public void MoveTo(Place next)
    {
        if (_place is Place.OnLink { WasUsed: true } left)
            _unsettled = left;
        if (next is not Place.Unknown)
            WrongNode = null;
        if (_place is Place.Here != next is Place.Here)
            host.HereChanged(next is Place.Here);
        Volatile.Write(ref _place, next);
    }

    /// <summary>Sends chats into the mailbox from now on, unless there is a session on this node.</summary>
    public void UseMailbox()
    {
        if (_place is not Place.Here)
            MoveTo(new Place.InMailbox());
    }

    /// <summary>The node at the end of a link has answered "not here". The route leaves this link, if it uses it.</summary>
    public void LeaveLink(Link link)
    {
        WrongNode = link.Target;
        if (_place is Place.OnLink path && path.Link == link)
            MoveTo(new Place.Unknown());
    }

    /// <summary>The registry names this node, and there is no session here: counts the attempt. Gives true if the place is looked up again for chats
    /// that wait.</summary>
    /// <remarks>The first chat decides, as on the path to another node. New chats keep coming, and older ones must not wait until every chat has used
    /// up its attempts.</remarks>
    public bool MustLookUpAgain()
    {
        WrongNode = null;
        Waiting.CountAttempt();
        while (Waiting.TryPeek(out var first))
        {
            if (!GiveUp(first))
                return _place is Place.Unknown;
        }

        return false;
    }

    /// <summary>Refuses all chats that wait.</summary>
    public void RefuseAll(ErrorCode code)
    {
        WrongNode = null;
        while (Waiting.TryTake(out var chat))
            Answer(chat, code);
    }

    /// <summary>Tells the sender of a chat that waited what became of it.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="code">The error; <see cref="ErrorCode.None"/> if the chat is kept in the mailbox.</param>
    public void Answer(PendingChat chat, ErrorCode code)
    {
        if (code == ErrorCode.None)
            host.AnswerStored(chat.View);
        else
            host.Answer(chat.View, code);
        chat.StopWaiting();
    }

    /// <summary>Tells the senders of a deposit what became of their chats.</summary>
    /// <param name="deposit">The deposit.</param>
    /// <param name="failures">The chats that the mailbox refused, by their numbers in the stream, lowest number first. It keeps all others.</param>
    public void Answer(Deposit deposit, IReadOnlyList<LinkFailure> failures)
    {
        var next = 0;
        for (var i = 0; i < deposit.Chats.Count; i++)
        {
            var number = deposit.First + i;
            while (next < failures.Count && failures[next].Number < number)
                next++;
            var isRefused = next < failures.Count && failures[next].Number == number;
            Answer(deposit.Chats[i], isRefused ? failures[next].Code : ErrorCode.None);
        }
    }

    /// <summary>Sends a chat to a session or over a link. Gives <see cref="SendResult.Stale"/> if the place does not take it.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="waiter">If the window of the link is full, it is called when there is space again.</param>
    public SendResult TrySend(in ChatView chat, IWindowWaiter waiter)
    {
        switch (_place)
        {
            case Place.OnLink path:
                return path.TryAppend(chat, waiter);
            case Place.Here here when here.Session.TryDeliver(chat):
                host.Answer(chat, ErrorCode.None);
                return SendResult.Done;
            default:
                return SendResult.Stale;
        }
    }

    /// <summary>Sends the chats that wait until there is something to wait for, and sets the phase.</summary>
    /// <param name="route">The route. It is told when what it waits for has happened.</param>
    public void SendWaiting(Route route)
    {
        while (!MustSettle(route))
        {
            if (!Waiting.TryPeek(out var first))
            {
                Phase = RoutePhase.Flowing;
                return;
            }

            if (!GiveUp(first) && !SendFirst(first, route))
                return;
        }
    }

    /// <summary>True if something was sent, to the mailbox or to the place of before, and its result must be known first.</summary>
    private bool MustSettle(Route route)
    {
        if (Deposits.InFlight is not null)
        {
            Phase = RoutePhase.Depositing;
            return true;
        }

        if (_unsettled is not null && !_unsettled.WhenSettled(route.OnSettled))
        {
            Phase = RoutePhase.Settling;
            return true;
        }

        _unsettled = null;
        Waiting.EndReturns();
        return false;
    }

    /// <summary>Gives up looking for a session, if the first chat was tried as often as allowed. Then chats go into the mailbox; if there are no
    /// mailboxes, this chat is refused.</summary>
    private bool GiveUp(PendingChat first)
    {
        if (_place is Place.Here or Place.InMailbox || first.Attempt < host.MaxAttempts)
            return false;
        if (host.HasMailboxes)
            MoveTo(new Place.InMailbox());
        else if (Waiting.TryTake(out _))
            Answer(first, ErrorCode.RecipientOffline);
        return true;
    }

    /// <summary>Sends the first chat that waits, or a deposit into the mailbox. Gives false if the rest must wait.</summary>
    private bool SendFirst(PendingChat first, Route route)
    {
        if (_place is Place.InMailbox)
        {
            if (first.MayBeStored(route.User.Utf8))
                host.Deposit(Deposits.Begin(route, Waiting, host));
            else if (Waiting.TryTake(out _))
                Answer(first, ErrorCode.RateLimited);
            return true;
        }

        switch (TrySend(first.View, route))
        {
            case SendResult.Done:
                Waiting.TryTake(out _);
                first.StopWaiting();
                return true;
            case SendResult.Full:
                Phase = RoutePhase.Draining;
                return false;
            default:
                // The place is unknown, or it takes nothing more: the link is closed, or the session is closing.
                MoveTo(new Place.Unknown());
                Phase = RoutePhase.Resolving;
                host.LookUp(route);
                return false;
        }
    }
}
