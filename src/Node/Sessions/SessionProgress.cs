using ChatAkka.Protocol;

namespace ChatAkka.Node.Sessions;

/// <summary>What a <see cref="ClientSession"/> does next.</summary>
internal enum SessionAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Tells the client that its login was refused. The client may log in again.</summary>
    Refuse,

    /// <summary>Tells the client that it is logged in. Its mailbox is being read.</summary>
    Accept,

    /// <summary>Lets no chat reach the session directly, and reads the mailbox, or reads it again.</summary>
    ReadMailbox,

    /// <summary>Lets chats reach the session directly: everything that waited was handed to the client.</summary>
    TakeChats,
}

/// <summary>Decides how a connection's session goes on, from the login to the end.</summary>
/// <remarks>
/// <code>
/// None --Claim--> Claiming --claimed--> LoggedIn --StopTakingChats--> Leaving
///  ^                 |   '--mailbox is read first--> OpeningMailbox --opened, or overdue--> LoggedIn
///  '-----refused-----'                                                 any --End--> Ended
/// </code>
/// Pure and not thread-safe. An answer that nobody waits for any more changes nothing. So every login is answered once at most, and chats reach the
/// session only after the answer.
/// </remarks>
internal sealed class SessionProgress
{
    private Phase _phase;
    private bool _messagesWait;

    private enum Phase
    {
        None,
        Claiming,
        OpeningMailbox,
        LoggedIn,
        Leaving,
        Ended,
    }

    /// <summary>True while a login is not answered. The connection handles no further line until then.</summary>
    public bool IsPending => _phase is Phase.Claiming or Phase.OpeningMailbox;

    /// <summary>True from a successful claim to the end of the session.</summary>
    public bool IsClaimed => _phase is Phase.OpeningMailbox or Phase.LoggedIn or Phase.Leaving;

    /// <summary>A login arrived, and the registrar is asked. Changes nothing if a login is pending or succeeded.</summary>
    public void Claim()
    {
        if (_phase == Phase.None)
            _phase = Phase.Claiming;
    }

    /// <summary>The registrar answered. If the claim succeeded and the mailbox is not read first, the registrar has answered the login.</summary>
    /// <param name="error">Why the claim was refused; <see cref="ErrorCode.None"/> if it succeeded.</param>
    /// <param name="readsMailbox">True if the mailbox is read first.</param>
    public SessionAction ClaimAnswered(ErrorCode error, bool readsMailbox)
    {
        if (_phase != Phase.Claiming)
            return SessionAction.None;
        var mustRead = readsMailbox || _messagesWait;
        _messagesWait = false;
        if (error != ErrorCode.None)
        {
            _phase = Phase.None;
            return SessionAction.Refuse;
        }

        _phase = readsMailbox ? Phase.OpeningMailbox : Phase.LoggedIn;
        return mustRead ? SessionAction.ReadMailbox : SessionAction.None;
    }

    /// <summary>The mailbox said how many messages wait, in time or late.</summary>
    public SessionAction MailboxOpened() => AnswerLogin();

    /// <summary>The login has waited for the mailbox long enough.</summary>
    public SessionAction MailboxOverdue() => AnswerLogin();

    /// <summary>The mailbox said that messages wait. A notice that arrives before the answer to the claim counts when the claim has succeeded.</summary>
    public SessionAction MessagesWait()
    {
        _messagesWait = _phase == Phase.Claiming;
        return _phase is Phase.OpeningMailbox or Phase.LoggedIn ? SessionAction.ReadMailbox : SessionAction.None;
    }

    /// <summary>The reader of the mailbox handed over everything that waited.</summary>
    public SessionAction MailboxRead() => _phase == Phase.LoggedIn ? SessionAction.TakeChats : SessionAction.None;

    /// <summary>The client does not read: its unread messages go back, and it gets nothing more.</summary>
    public void StopTakingChats()
    {
        if (_phase == Phase.LoggedIn)
            _phase = Phase.Leaving;
    }

    /// <summary>The session ended, or the connection of the login is gone.</summary>
    public void End() => _phase = Phase.Ended;

    private SessionAction AnswerLogin()
    {
        if (_phase != Phase.OpeningMailbox)
            return SessionAction.None;
        _phase = Phase.LoggedIn;
        return SessionAction.Accept;
    }
}
