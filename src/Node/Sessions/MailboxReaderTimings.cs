namespace ChatAkka.Node.Sessions;

/// <summary>How often and after how long the reader of a mailbox does things that no operator has to set.</summary>
internal sealed record MailboxReaderTimings
{
    /// <summary>A request is repeated after this long. Only a session that acknowledges has a request open for longer.</summary>
    public TimeSpan AskAgain { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A session that acknowledges repeats a request after this long, once one was answered: a new owner of the mailbox makes itself known.</summary>
    public TimeSpan AskAgainLater { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>An acknowledgement waits this long for the next request, which reports it.</summary>
    public TimeSpan ReportDone { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The notice that the session ended is repeated after this long.</summary>
    public TimeSpan LeaveAgain { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>It is sent at most this often.</summary>
    public int MostLeaves { get; init; } = 6;
}
