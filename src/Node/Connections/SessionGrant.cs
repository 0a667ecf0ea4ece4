namespace ChatAkka.Node.Connections;

/// <summary>What a session depends on: a token, or an account.</summary>
/// <param name="User">The user, in the form in which names are compared.</param>
/// <param name="TokenId">The token's id; null if it has none, and for an account.</param>
/// <param name="Issued">When the token was issued.</param>
/// <param name="Ends">When the token ends.</param>
/// <param name="AccountEpoch">The epoch of the account in which the password was right; 0 for a token.</param>
internal sealed record SessionGrant(string User, string? TokenId, DateTimeOffset Issued, DateTimeOffset Ends, long AccountEpoch = 0)
{
    /// <summary>True if the session depends on a token.</summary>
    public bool IsToken => AccountEpoch == 0;

    /// <summary>Makes the grant of an account: it has no end of its own.</summary>
    /// <param name="user">The user, in the form in which names are compared.</param>
    /// <param name="epoch">The epoch of the account in which the password was right.</param>
    public static SessionGrant OfAccount(string user, long epoch) => new(user, null, default, DateTimeOffset.MaxValue, epoch);

    /// <summary>The whole seconds until the token ends; 0 if it has ended; null if the session depends on no token.</summary>
    public long? SecondsLeft(TimeProvider time) => IsToken ? Math.Max(0, (long)(Ends - time.GetUtcNow()).TotalSeconds) : null;
}
