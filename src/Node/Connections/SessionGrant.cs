namespace ChatAkka.Node.Connections;

/// <summary>What a session depends on: a token, or an account.</summary>
/// <param name="User">The user, in the form in which names are compared.</param>
/// <param name="TokenId">The token's id; null if it has none.</param>
/// <param name="Issued">When the token was issued, or the account was asked.</param>
/// <param name="Ends">When the token ends; <see cref="Never"/> for an account.</param>
internal sealed record SessionGrant(string User, string? TokenId, DateTimeOffset Issued, DateTimeOffset Ends)
{
    /// <summary>The end of what does not end by itself.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;

    /// <summary>True if the session depends on a token.</summary>
    public bool IsToken => Ends != Never;

    /// <summary>The whole seconds until the token ends; 0 if it has ended; null if the session depends on no token.</summary>
    public long? SecondsLeft(TimeProvider time) => IsToken ? Math.Max(0, (long)(Ends - time.GetUtcNow()).TotalSeconds) : null;
}
