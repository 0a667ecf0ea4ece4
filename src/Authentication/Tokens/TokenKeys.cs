using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace ChatAkka.Authentication.Tokens;

/// <summary>Keys, each with the algorithms that it may verify. A token cannot choose another algorithm for a key.</summary>
/// <remarks>This is what stops "algorithm confusion": a token that says HS256 is never verified with the bytes of a public key.</remarks>
public sealed class TokenKeys
{
    /// <summary>The algorithms that tokens may have. <c>none</c> is not among them.</summary>
    public static IReadOnlyList<string> Algorithms { get; } =
    [
        SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256,
    ];

    // RFC 7518, section 3.2: a secret is at least as long as the hash.
    private const int LeastSecretBytes = 32;
    private const int LeastRsaBits = 2048;
    /// <summary>Object identifier of the curve P-256.</summary>
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly List<(SecurityKey Key, string? Id, string[] Algorithms)> _keys = [];

    /// <summary>The number of keys.</summary>
    public int Count => _keys.Count;

    /// <summary>Gives the keys that may verify a token.</summary>
    /// <param name="algorithm">The algorithm that the token names.</param>
    /// <param name="id">The key that the token names; null if it names none. Keys without an id are tried for every token.</param>
    public IEnumerable<SecurityKey> For(string? algorithm, string? id) => _keys
        .Where(k => k.Algorithms.Contains(algorithm) && (k.Id is null || string.IsNullOrEmpty(id) || k.Id == id))
        .Select(k => k.Key);

    /// <summary>Adds a secret.</summary>
    /// <param name="secret">Its bytes.</param>
    /// <param name="id">The key's id; null if it has none.</param>
    /// <param name="only">The only algorithm for which it is; null for all of its kind.</param>
    /// <returns>What is wrong with it; null if it was added.</returns>
    internal string? AddSecret(byte[] secret, string? id = null, string? only = null)
    {
        if (secret.AsSpan().IndexOf("-----BEGIN"u8) >= 0 || secret.AsSpan().IndexOf("\"kty\""u8) >= 0 || secret.AsSpan().StartsWith("ssh-"u8))
            return "is not a secret: it has a key of another kind, which others may know";
        if (secret.Length < LeastSecretBytes)
            return $"is too short: a secret has at least {LeastSecretBytes} bytes";
        string[] fitting =
        [
            SecurityAlgorithms.HmacSha256,
            .. secret.Length >= 48 ? [SecurityAlgorithms.HmacSha384] : Array.Empty<string>(),
            .. secret.Length >= 64 ? [SecurityAlgorithms.HmacSha512] : Array.Empty<string>(),
        ];
        return Add(new SymmetricSecurityKey(secret), id, fitting, only);
    }

    /// <summary>Adds a public RSA key.</summary>
    /// <inheritdoc cref="AddSecret"/>
    internal string? AddRsa(RSA rsa, string? id = null, string? only = null) => rsa.KeySize < LeastRsaBits
        ? $"is too short: an RSA key has at least {LeastRsaBits} bits"
        : Add(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)), id, [SecurityAlgorithms.RsaSha256], only);

    /// <summary>Adds a public key on an elliptic curve.</summary>
    /// <inheritdoc cref="AddSecret"/>
    internal string? AddEc(ECDsa ec, string? id = null, string? only = null) => ec.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != P256
        ? "is not on the curve P-256"
        : Add(new ECDsaSecurityKey(ec), id, [SecurityAlgorithms.EcdsaSha256], only);

    private string? Add(SecurityKey key, string? id, string[] fitting, string? only)
    {
        if (only is not null && !fitting.Contains(only))
            return "names an algorithm for which it does not fit";
        _keys.Add((key, string.IsNullOrEmpty(id) ? null : id, only is null ? fitting : [only]));
        return null;
    }
}
