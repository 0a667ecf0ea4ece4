namespace ChatAkka.Node.Mailboxes;

/// <summary>How often and after how long mailboxes do things that no operator has to set. The rules between these times are checked when it is made.</summary>
internal sealed record MailboxTimings
{
    /// <summary>What is processed is written after this long, if no message is stored meanwhile.</summary>
    public TimeSpan DoneDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the owner of a partition looks after its log: snapshots, what is too old, what can be deleted.</summary>
    public TimeSpan Upkeep { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A partition in which nothing was written for this long saves a snapshot, so that its log becomes small.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a failed question to Redis the owner asks again after this long.</summary>
    public TimeSpan RetryRead { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>After a failed snapshot the next one is tried after this long. The pause doubles with each further failure, up to 128 times this.</summary>
    public TimeSpan RetrySnapshot { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a node checks its deposits.</summary>
    public TimeSpan Check { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A node sends deposits again that were not answered for this long.</summary>
    public TimeSpan Resend { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a node asks the owner of each partition for its term, so that readers find an owner that is new.</summary>
    public TimeSpan Hello { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A reader is forgotten if its node sent nothing for this long.</summary>
    public TimeSpan ForgetNode { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A partition whose owner failed counts as one without a store until it has not failed for this long, or until the store has written for
    /// it.</summary>
    public TimeSpan ForgetFailure { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A deposit that was put off is sent again after this long.</summary>
    public TimeSpan Later { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a store that has a bound of bytes, for example the embedded store, is asked how full it is.</summary>
    public TimeSpan GaugeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A store without such a bound, for example redis-server, is asked this rarely. It is still asked, because another store may replace
    /// it.</summary>
    public TimeSpan UnboundedGaugeInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks the rules between the times, and gives this record.</summary>
    /// <exception cref="ArgumentException">A rule is broken.</exception>
    public MailboxTimings Checked(TimeSpan storeTimeout)
    {
        if (Resend < Check)
            throw new ArgumentException("Resend is shorter than Check: a node only sends again when it checks its deposits");
        if (storeTimeout < Check)
            throw new ArgumentException("chat.mailbox.store-timeout is shorter than Check: a node only notices a time-out when it checks its deposits");
        if (ForgetFailure < 5 * Hello)
            throw new ArgumentException("ForgetFailure is shorter than five times Hello: each hello starts the owner of a failed partition again, so a failure counts for longer");
        if (UnboundedGaugeInterval < GaugeInterval)
            throw new ArgumentException("UnboundedGaugeInterval is shorter than GaugeInterval: a store without a bound need not be asked more often than one with a bound");
        return ForgetNode > 5 * Hello ? this : throw new ArgumentException("ForgetNode is not longer than five times Hello: a node is only forgotten after five of its hellos are missing");
    }
}
