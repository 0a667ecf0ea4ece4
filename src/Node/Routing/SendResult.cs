namespace ChatAkka.Node.Routing;

/// <summary>The result of sending a chat.</summary>
internal enum SendResult
{
    /// <summary>The chat was sent, waits for its recipient's place, or was answered.</summary>
    Done,

    /// <summary>There is no space. The sender is told <c>Resume</c>, and tries the same chat again.</summary>
    Full,

    /// <summary>The route is retired. The table gives a new one.</summary>
    Stale,

    /// <summary>The recipient's name is not a valid user name.</summary>
    BadName,
}
