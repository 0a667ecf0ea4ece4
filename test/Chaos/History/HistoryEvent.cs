namespace ChatAkka.Chaos.History;

/// <summary>Something that a client, a probe of Redis or the laboratory saw. Times are microseconds since the run began.</summary>
internal abstract record HistoryEvent(long At)
{
    /// <summary>A login was answered: the connection holds the user's session from some moment before on.</summary>
    /// <param name="At">When.</param>
    /// <param name="Connection">Which.</param>
    /// <param name="User">Whose.</param>
    /// <param name="Host">Address of the node.</param>
    /// <param name="Acks">True where the client acknowledges what it gets.</param>
    public sealed record LoggedIn(long At, int Connection, string User, string Host, bool Acks = false) : HistoryEvent(At);

    /// <summary>A login was sent and did not succeed: its connection broke before the answer, or the answer was an error.</summary>
    /// <param name="At">When that was seen.</param>
    /// <param name="From">When the login was sent.</param>
    /// <param name="User">Whose.</param>
    /// <param name="Host">Address of the node.</param>
    /// <param name="Reason">The error, or what the socket said.</param>
    public sealed record LoginFailed(long At, long From, string User, string Host, string Reason) : HistoryEvent(At);

    /// <summary>A connection ended, as the client saw it.</summary>
    /// <param name="At">When.</param>
    /// <param name="Connection">Which.</param>
    /// <param name="Reason">The server's last error code, or what the socket said.</param>
    public sealed record Ended(long At, int Connection, string Reason) : HistoryEvent(At);

    /// <summary>A chat was given to the socket.</summary>
    /// <param name="At">When.</param>
    /// <param name="Connection">The sender's connection.</param>
    /// <param name="Number">Number of the chat on that connection, rising.</param>
    /// <param name="Recipient">The recipient.</param>
    /// <param name="HasId">True where a receipt was asked for.</param>
    public sealed record Sent(long At, int Connection, int Number, string Recipient, bool HasId) : HistoryEvent(At);

    /// <summary>A chat with an id was answered.</summary>
    /// <param name="At">When.</param>
    /// <param name="Connection">The sender's connection.</param>
    /// <param name="Number">Number of the chat.</param>
    /// <param name="Outcome"><c>delivered</c>, <c>stored</c>, or an error code.</param>
    public sealed record Answered(long At, int Connection, int Number, string Outcome) : HistoryEvent(At);

    /// <summary>An error without an id came: some chat without an id was not delivered.</summary>
    public sealed record Complained(long At, int Connection, string Code) : HistoryEvent(At);

    /// <summary>A chat arrived.</summary>
    /// <param name="At">When.</param>
    /// <param name="Connection">The recipient's connection.</param>
    /// <param name="Sender">The sender's connection.</param>
    /// <param name="Number">Number of the chat on the sender's connection.</param>
    /// <param name="Seq">Number of the message in the recipient's mailbox; 0 where the client does not acknowledge.</param>
    public sealed record Delivered(long At, int Connection, int Sender, int Number, long Seq = 0) : HistoryEvent(At);

    /// <summary>The session keys were read from Redis, between <paramref name="From"/> and <paramref name="At"/>.</summary>
    /// <param name="At">When the answer was there.</param>
    /// <param name="From">When the question was asked.</param>
    /// <param name="Nodes">Node id per user that has a session.</param>
    public sealed record KeysSeen(long At, long From, IReadOnlyDictionary<string, string> Nodes) : HistoryEvent(At);

    /// <summary>A node's process is dead, or its host cut off for good.</summary>
    /// <param name="At">When it began.</param>
    /// <param name="Host">Its host.</param>
    /// <param name="Bound">Its keys must be gone after so long, in microseconds.</param>
    public sealed record Died(long At, string Host, long Bound) : HistoryEvent(At);

    /// <summary>A host, or Redis, was not itself for a time: paused, cut off, restarted.</summary>
    /// <param name="At">From when.</param>
    /// <param name="Until">Until when, with the time that the others may need to notice.</param>
    /// <param name="Host">Which; "redis" for the registry.</param>
    public sealed record Disturbed(long At, long Until, string Host) : HistoryEvent(At);

    /// <summary>The store came back without what it had: what waited in mailboxes may be lost.</summary>
    public sealed record StoreLost(long At) : HistoryEvent(At);

    /// <summary>A relay said that it acts.</summary>
    public sealed record RelayActed(long At, string Process, long Term) : HistoryEvent(At);

    /// <summary>A node said which relay's term it follows.</summary>
    public sealed record TermFollowed(long At, string Process, long Term) : HistoryEvent(At);
}
