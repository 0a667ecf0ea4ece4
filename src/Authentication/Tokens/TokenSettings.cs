namespace ChatAkka.Authentication.Tokens;

/// <summary>Which tokens are accepted.</summary>
/// <param name="Issuer">Who must have issued a token (<c>iss</c>).</param>
/// <param name="Audience">For whom a token must be (<c>aud</c>).</param>
/// <param name="SecretFiles">Files with a secret each, for HS256, HS384 and HS512.</param>
/// <param name="PublicKeyFiles">PEM files with a public key or a certificate each: an RSA key for RS256, or a key on P-256 for ES256.</param>
/// <param name="JwksFile">A file with a JSON Web Key Set (RFC 7517); null for none.</param>
/// <param name="MostLifetime">A token that ends later than this from now is refused. So a revocation has to be kept for this long.</param>
/// <param name="ClockSkew">How far the clocks of the issuer and of this machine may differ.</param>
public sealed record TokenSettings(
    string Issuer,
    string Audience,
    IReadOnlyList<string> SecretFiles,
    IReadOnlyList<string> PublicKeyFiles,
    string? JwksFile,
    TimeSpan MostLifetime,
    TimeSpan ClockSkew)
{
    /// <summary>All files with keys.</summary>
    public IEnumerable<string> Files => [.. SecretFiles, .. PublicKeyFiles, .. JwksFile is null ? [] : new[] { JwksFile }];
}
