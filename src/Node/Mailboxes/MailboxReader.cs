using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The session that reads a mailbox, as the owner of the partition knows it.</summary>
/// <remarks>
/// Pure and not thread-safe.
/// <code>
/// asking --messages wait--> answered --request--> asking
/// asking --nothing waits, the session does not acknowledge--> drained --request--> asking
/// </code>
/// While a session is drained, the mailbox takes nothing for its user: chats go to the session directly.
/// </remarks>
/// <param name="id">The session.</param>
/// <param name="acks">True if the session acknowledges messages.</param>
internal sealed class MailboxReader(ReaderId id, bool acks)
{
    private long _answered;

    /// <summary>The session.</summary>
    public ReaderId Id => id;

    /// <summary>True if the session acknowledges messages.</summary>
    public bool Acks => acks;

    /// <summary>The request that is not answered yet; null if there is none.</summary>
    public MailboxMessage.Pull? Request { get; private set; }

    /// <summary>True if the session has read everything and gets chats directly.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>Takes a request. An earlier request than the last one changes nothing. If the last one comes again after it was answered, its answer may be
    /// lost, so it is answered again; the reader ignores an answer that it does not wait for.</summary>
    public void Ask(MailboxMessage.Pull request)
    {
        if (request.Number < _answered || request.Number < (Request?.Number ?? 0))
            return;
        Request = request;
        IsDrained = false;
    }

    /// <summary>Notes that the request is answered.</summary>
    /// <param name="isDrained">True if the answer says that nothing waits and that chats go to the session directly.</param>
    public void Answered(bool isDrained)
    {
        _answered = Request!.Number;
        Request = null;
        IsDrained = isDrained;
    }
}
