namespace ChatAkka.Node.Connections;

/// <summary>The token by which a session is held.</summary>
/// <param name="User">The user, in the form in which names are compared.</param>
/// <param name="TokenId">The token's id; null if it has none.</param>
/// <param name="Issued">When the token was issued.</param>
/// <param name="Ends">When the token ends.</param>
internal sealed record SessionGrant(string User, string? TokenId, DateTimeOffset Issued, DateTimeOffset Ends)
{
    /// <summary>The whole seconds until the token ends; 0 if it has ended.</summary>
    public long SecondsLeft(TimeProvider time) => Math.Max(0, (long)(Ends - time.GetUtcNow()).TotalSeconds);
}
