using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What the readers of a partition's mailboxes requested and processed, and what they get.</summary>
/// <remarks>Pure and not thread-safe. What a reader reports as processed is written with the next turn; until then a reader gets only what comes
/// after it.</remarks>
/// <param name="state">The index.</param>
internal sealed class MailboxReads(PartitionState state)
{
    private readonly Dictionary<string, long> _done = new(StringComparer.Ordinal);

    private readonly HashSet<long> _lost = [];

    /// <summary>True if something was reported as processed or lost that is not in a turn yet.</summary>
    public bool HasReports => _done.Count > 0 || _lost.Count > 0;

    /// <summary>True if an event is lost.</summary>
    public bool IsLost(long sequenceNr) => _lost.Contains(sequenceNr);

    /// <summary>The store does not have an event, or it cannot be read. Its messages are taken out with the next turn.</summary>
    public void Lose(long sequenceNr) => _lost.Add(sequenceNr);

    /// <summary>All messages of a user up to a number are too old.</summary>
    public void Expire(string user, long upTo)
    {
        if (state.Find(user) is { } mailbox)
            NoteDone(user, mailbox, upTo);
    }

    /// <summary>Takes a request. Gives false if it comes from a session that ended, or from an earlier session than the present reader.</summary>
    public bool Take(MailboxMessage.Pull request)
    {
        var mailbox = state.Get(request.User);
        if (mailbox.Left is { } left && left.Reader == request.Reader && request.Since <= left.Since)
            return false;
        if (mailbox.Reader is { } present && request.Since < mailbox.ReaderSince)
        {
            mailbox.IsContested |= present.Id != request.Reader;
            return false;
        }

        if (mailbox.Reader?.Id != request.Reader || request.Since > mailbox.ReaderSince)
            mailbox.Reader = new MailboxReader(request.Reader, request.Acks);
        (mailbox.ReaderSince, mailbox.EndedReader, mailbox.IsContested) = (request.Since, null, false);
        mailbox.Reader!.Ask(request);
        NoteDone(request.User, mailbox, request.Done);
        return true;
    }

    /// <summary>Takes the notice that a session ended. Gives true if nothing has to be written before it is answered.</summary>
    public bool Take(MailboxMessage.Leave leave)
    {
        if (state.Find(leave.User) is not { } mailbox)
            return true;
        NoteDone(leave.User, mailbox, leave.Done);
        // A late request of this session changes nothing. Another session may read from now on, also one that began earlier: it was put back.
        mailbox.Left = (leave.Reader, leave.Since);
        if (mailbox.Reader?.Id == leave.Reader && mailbox.ReaderSince <= leave.Since)
            mailbox.Reader = null;
        state.Forget(leave.User);
        return !_done.ContainsKey(leave.User);
    }

    /// <summary>The process at an address says that it does not have a session.</summary>
    public void Miss(string user, long connection, string address)
    {
        if (state.Find(user) is not { } mailbox)
            return;
        if (IsMissed(mailbox.Reader?.Id))
            mailbox.Reader = null;
        if (IsMissed(mailbox.EndedReader))
            mailbox.EndedReader = null;
        state.Forget(user);

        bool IsMissed(ReaderId? session) => session is not null && session.Connection == connection && session.Node.Address == address;
    }

    /// <summary>Puts everything that was reported as processed or lost into a turn.</summary>
    public void MoveReports(PartitionTurn turn)
    {
        foreach (var (user, upTo) in _done)
            turn.Finish(user, upTo);
        _done.Clear();
        foreach (var sequenceNr in _lost)
            turn.Lose(sequenceNr);
        _lost.Clear();
    }

    /// <summary>Chooses what a user's reader gets now.</summary>
    /// <param name="user">The user.</param>
    /// <param name="kept">Number of the last message that is written.</param>
    /// <returns>The messages, lowest number first; an empty list if the request is answered without messages; null if it is not answered now.</returns>
    public IReadOnlyList<MessagePlace>? Next(string user, long kept)
    {
        if (state.Find(user) is not { Reader: { Request: { } request } reader } mailbox)
            return null;
        var messages = mailbox.Messages[mailbox.After(Math.Max(request.Have, _done.GetValueOrDefault(user)))..];
        List<MessagePlace> chosen = [];
        var bytes = 0;
        foreach (var message in messages)
        {
            bytes += message.Length + NumberedEntryReader.MaxOverhead;
            if (message.Number > kept || (chosen.Count > 0 && bytes > request.Budget))
                break;
            chosen.Add(message);
        }

        if (chosen.Count > 0)
            return chosen;
        var isAnswered = reader.Acks ? request.Number == 1 : messages.Length == 0;
        return isAnswered ? [] : null;
    }

    /// <summary>How many messages of a user wait that are not reported as processed.</summary>
    public long WaitingOf(string user) =>
        state.Find(user) is { } mailbox ? mailbox.Count - mailbox.After(_done.GetValueOrDefault(user)) : 0;

    private void NoteDone(string user, UserMailbox mailbox, long upTo)
    {
        if (mailbox.Count > 0 && mailbox.Messages[0].Number <= upTo && upTo > _done.GetValueOrDefault(user))
            _done[user] = Math.Min(upTo, mailbox.Last);
    }
}
