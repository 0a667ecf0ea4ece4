namespace ChatAkka.Load.Abuse;

/// <summary>What an abusive client does, as fast as it can.</summary>
internal enum AbuseKind
{
    /// <summary>It sends chats to itself.</summary>
    Flood,

    /// <summary>It sends lines that are no commands.</summary>
    Garbage,

    /// <summary>It sends lines that never end.</summary>
    HalfLines,

    /// <summary>It connects, logs in under a new name, and leaves.</summary>
    Logins,

    /// <summary>It connects and leaves.</summary>
    Connects,

    /// <summary>It sends chats to one user who is away.</summary>
    OneRecipient,

    /// <summary>It sends chats to 100,000 users who are away.</summary>
    ManyNames,
}
