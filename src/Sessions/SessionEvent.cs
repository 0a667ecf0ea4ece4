namespace ChatAkka.Sessions;

/// <summary>Something that happened to a user's session, for operators.</summary>
/// <param name="Time">When, in milliseconds since 1970, UTC, on the clock of the process that wrote it.</param>
/// <param name="What">The kind of event: one of the constants below.</param>
/// <param name="Details">The connection or relay that caused the event, and the connection that it concerns.</param>
public sealed record SessionEvent(long Time, string What, string Details)
{
    /// <summary>A connection became the holder of the session.</summary>
    public const string Claimed = "claimed";

    /// <summary>A connection became the holder in place of another one.</summary>
    public const string Replaced = "replaced";

    /// <summary>The registry had lost the session, and its connection claimed it again.</summary>
    public const string Restored = "restored";

    /// <summary>A claim failed because another connection holds the session.</summary>
    public const string Refused = "refused";

    /// <summary>A claim failed because its node was declared dead.</summary>
    public const string Fenced = "fenced";

    /// <summary>The connection that held the session released it.</summary>
    public const string Released = "released";

    /// <summary>The relay deleted the session of a node that died.</summary>
    public const string Cleaned = "cleaned";
}
