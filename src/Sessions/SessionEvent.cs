namespace ChatAkka.Sessions;

/// <summary>Something that happened to a user's session, for operators.</summary>
/// <param name="Time">When, in milliseconds since 1970, UTC, on the clock of the process that wrote it.</param>
/// <param name="What">One of the words below.</param>
/// <param name="Details">Who did it, and to whom.</param>
public sealed record SessionEvent(long Time, string What, string Details)
{
    /// <summary>A connection holds the session from now on.</summary>
    public const string Claimed = "claimed";

    /// <summary>A connection holds the session in place of another one.</summary>
    public const string Replaced = "replaced";

    /// <summary>A connection that held the session before the registry lost it holds it again.</summary>
    public const string Restored = "restored";

    /// <summary>A claim failed, as somebody else holds the session.</summary>
    public const string Refused = "refused";

    /// <summary>A claim failed, as its node was declared dead.</summary>
    public const string Fenced = "fenced";

    /// <summary>The connection that held the session gave it back.</summary>
    public const string Released = "released";

    /// <summary>The relay deleted the session of a node that died.</summary>
    public const string Cleaned = "cleaned";
}
