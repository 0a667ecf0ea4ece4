using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Routing;

namespace ChatAkka.Node.Sessions;

/// <summary>The session of one connection: claims it, reads its mailbox, lets chats reach it, and ends it.</summary>
/// <remarks>The connection's actor owns it and passes on what it is told. <see cref="SessionProgress"/> decides, and this type acts.</remarks>
/// <param name="connection">The connection.</param>
/// <param name="registrar">Claims and releases sessions.</param>
/// <param name="routes">Brings chats to sessions.</param>
/// <param name="readers">Starts readers of mailboxes; null if this node has no mailboxes.</param>
internal sealed class ClientSession(ClientConnection connection, IActorRef registrar, RouteTable routes, MailboxReaders? readers)
{
    private readonly SessionProgress _progress = new();
    private IActorContext _owner = null!;
    private LoginAnswer? _answer;
    private ICancelable? _patience;

    /// <summary>The session, from the login to its end; null before and after that.</summary>
    public LocalSession? Current { get; private set; }

    /// <summary>The reader of the mailbox; null if the mailbox was never read. It may have ended.</summary>
    public IActorRef? Reader { get; private set; }

    /// <summary>True while a login is not answered.</summary>
    public bool IsPending => _progress.IsPending;

    /// <summary>True if this node has mailboxes, so that clients may acknowledge messages.</summary>
    public bool HasMailbox => readers is not null;

    /// <summary>Sets the actor that owns the session. Must be called before anything else.</summary>
    public void Attach(IActorContext owner) => _owner = owner;

    /// <summary>Logs in. Whether that succeeds is known after <see cref="OnClaimResult"/>.</summary>
    /// <param name="session">The session that is asked for.</param>
    /// <param name="answer">Its answer.</param>
    public void LogIn(LocalSession session, LoginAnswer answer)
    {
        (Current, _answer) = (session, answer);
        _progress.Claim();
        registrar.Tell(new SessionMessage.ClaimSession(session, answer));
    }

    /// <summary>The registrar answered the claim.</summary>
    public void OnClaimResult(SessionMessage.ClaimResult result)
    {
        var action = _progress.ClaimAnswered(result.Error, result.ReadsMailbox);
        if (action == SessionAction.Refuse)
        {
            _answer!.Refuse(result.Error);
            Current = null;
            return;
        }

        if (_progress.IsClaimed)
            (connection.Session, connection.IsLoggedIn) = (Current, true);
        ReadMailboxIf(action);
        if (action == SessionAction.ReadMailbox && _progress.IsPending)
        {
            _patience = _owner.System.Scheduler.ScheduleTellOnceCancelable(
                readers!.LoginPatience, _owner.Self, new SessionMessage.MailboxOverdue(), _owner.Self);
        }
    }

    /// <summary>The mailbox answered its reader. The reader hands over waiting messages only after the answer to the login.</summary>
    /// <param name="waiting">How many messages wait.</param>
    /// <param name="reader">The reader.</param>
    public void OnMailboxOpened(long waiting, IActorRef reader)
    {
        if (_progress.MailboxOpened() == SessionAction.Accept)
            Accept(waiting);
        reader.Tell(new MailboxReaderActor.Start());
    }

    /// <summary>The login has waited for the mailbox long enough.</summary>
    public void OnMailboxOverdue()
    {
        if (_progress.MailboxOverdue() == SessionAction.Accept)
            Accept(waiting: null);
    }

    /// <summary>The mailbox of a user said that messages wait in it.</summary>
    /// <returns>False if the connection has no session of this user.</returns>
    public bool OnMessagesWait(string user)
    {
        if (Current?.User.Text != user)
            return false;
        ReadMailboxIf(_progress.MessagesWait());
        return true;
    }

    /// <summary>The reader handed over everything that waited.</summary>
    public void OnMailboxRead()
    {
        if (_progress.MailboxRead() == SessionAction.TakeChats)
            routes.RestoreLocal(Current!);
    }

    /// <summary>The client acknowledged all messages up to a number.</summary>
    public void Acknowledge(long upTo) => Reader?.Tell(new MailboxReaderActor.Acked(upTo));

    /// <summary>The client does not read. Its unread messages go to the user's next place or into the mailbox. This must happen before the session is
    /// released, so that they are there before any later message.</summary>
    /// <param name="stored">Called when that is done, from any thread.</param>
    /// <returns>False if there is nothing to store, or if there are no mailboxes.</returns>
    public bool StoreUnread(Action stored)
    {
        _progress.StopTakingChats();
        return Current is { } session && routes.TakeBack(session, connection.Outbound.TakeUnread(), stored);
    }

    /// <summary>Ends the session, or withdraws the login. The reader goes on until the client has read what was written before.</summary>
    public void End()
    {
        _patience?.Cancel();
        _progress.End();
        if (Current is not { } session)
            return;
        routes.ClearLocal(session);
        registrar.Tell(new SessionMessage.ReleaseSession(session));
        Reader?.Tell(new MailboxReaderActor.End());
        connection.Session = Current = null;
    }

    private void Accept(long? waiting)
    {
        _patience?.Cancel();
        _answer!.Accept(waiting);
    }

    private void ReadMailboxIf(SessionAction action)
    {
        if (action != SessionAction.ReadMailbox || readers is null)
            return;
        routes.ClearLocal(Current!);
        if (Reader is null)
            Reader = readers.Start(_owner, Current!);
        else
            Reader.Tell(new MailboxesMoved());
    }
}
