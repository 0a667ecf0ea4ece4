namespace ChatAkka.Node.Routing;

/// <summary>What became of a chat that was sent.</summary>
internal enum SendResult
{
    /// <summary>It is on its way, waits for the recipient's place, or was answered.</summary>
    Done,

    /// <summary>There is no space; the sender is told <c>Resume</c> and tries the same chat again.</summary>
    Full,

    /// <summary>The route is no longer in use: ask the table for a new one.</summary>
    Stale,

    /// <summary>The recipient's name breaks the rules.</summary>
    BadName,
}
