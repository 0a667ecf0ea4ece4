namespace ChatAkka.Sessions;

/// <summary>Tokens that are accepted no more before their end.</summary>
/// <param name="Until">When it may be forgotten, because every token that it stops has ended.</param>
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
}
