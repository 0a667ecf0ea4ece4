namespace ChatAkka.Sessions;

/// <summary>What ends sessions: tokens that are accepted no more before their end, or an account that changed.</summary>
/// <param name="Until">When it may be forgotten, because every token that it stops has ended, and every session has long since.</param>
public abstract record TokenRevocation(DateTimeOffset Until)
{
    /// <summary>How long a revocation is kept. No node accepts a token that ends later than this from now.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(91);

    /// <summary>One token.</summary>
    /// <param name="Id">The token's id (<c>jti</c>).</param>
    /// <param name="Until">When it may be forgotten.</param>
    public sealed record Token(string Id, DateTimeOffset Until) : TokenRevocation(Until);

    /// <summary>All tokens of a user that were issued up to a time.</summary>
    /// <param name="Name">The user's name.</param>
    /// <param name="Before">Tokens that were issued then or earlier are revoked.</param>
    /// <param name="Until">When it may be forgotten.</param>
    public sealed record User(string Name, DateTimeOffset Before, DateTimeOffset Until) : TokenRevocation(Until);

    /// <summary>All sessions of a user that were opened with the password of an account, before the account changed.</summary>
    /// <param name="Name">The user's name.</param>
    /// <param name="Epoch">The epoch of the account since it changed. Sessions of earlier epochs end.</param>
    /// <param name="IsClosed">True if the account was disabled or removed; false if it has another password.</param>
    /// <param name="Until">When it may be forgotten.</param>
    public sealed record Account(string Name, long Epoch, bool IsClosed, DateTimeOffset Until) : TokenRevocation(Until);
}
