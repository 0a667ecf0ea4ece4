using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>What a login policy decided. A structure, so that a login without authentication allocates nothing for it.</summary>
internal readonly record struct LoginVerdict
{
    /// <summary>Why the client may not log in; <see cref="ErrorCode.None"/> if it may.</summary>
    public ErrorCode Error { get; private init; }

    /// <summary>The text of the error for people; null for the standard text.</summary>
    public string? Text { get; private init; }

    /// <summary>The user, in the form in which names are compared; null if the client may not log in.</summary>
    public UserName? User { get; private init; }

    /// <summary>The user's name as the client wrote it; null if the client may not log in.</summary>
    public UserName? Display { get; private init; }

    /// <summary>What the session depends on; null if it depends on nothing.</summary>
    public SessionGrant? Grant { get; private init; }

    /// <summary>True if the client may log in.</summary>
    public bool IsAccepted => Error == ErrorCode.None;

    /// <summary>The client may log in.</summary>
    /// <param name="user">The user, in the form in which names are compared.</param>
    /// <param name="display">The user's name as the client wrote it.</param>
    /// <param name="grant">What the session depends on; null if it depends on nothing.</param>
    public static LoginVerdict Accept(UserName user, UserName display, SessionGrant? grant = null) => new() { User = user, Display = display, Grant = grant };

    /// <summary>The client may not log in.</summary>
    /// <param name="error">Why.</param>
    /// <param name="text">The text for people; null for the standard text.</param>
    public static LoginVerdict Refuse(ErrorCode error, string? text = null) => new() { Error = error, Text = text };
}
