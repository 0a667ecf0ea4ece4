namespace ChatAkka.Authentication.Tokens;

/// <summary>What a token that was accepted says.</summary>
/// <param name="Name">The user (<c>sub</c>), as it stands in the token.</param>
/// <param name="Id">The token's id (<c>jti</c>); null if it has none.</param>
/// <param name="Issued">When it was issued (<c>iat</c>); the beginning of time if it does not say so.</param>
/// <param name="Ends">When it ends (<c>exp</c>).</param>
public sealed record AcceptedToken(string Name, string? Id, DateTimeOffset Issued, DateTimeOffset Ends);
