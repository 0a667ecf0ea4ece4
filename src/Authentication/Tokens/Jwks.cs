using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace ChatAkka.Authentication.Tokens;

/// <summary>Reads a JSON Web Key Set (RFC 7517). Keys of other kinds, or for encryption, are skipped, as the RFC says.</summary>
internal static class Jwks
{
    /// <summary>Adds the keys of a set.</summary>
    /// <returns>What is wrong with the set; null if its keys were added.</returns>
    public static string? AddTo(TokenKeys keys, string json)
    {
        JsonWebKeySet set;
        try
        {
            set = new JsonWebKeySet(json);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or FormatException or InvalidOperationException)
        {
            return "is not a JSON Web Key Set";
        }

        var before = keys.Count;
        foreach (var key in set.Keys)
        {
            if (key.Use is not (null or "" or "sig") || (!string.IsNullOrEmpty(key.Alg) && !TokenKeys.Algorithms.Contains(key.Alg)))
                continue;
            if (Add(keys, key) is { } problem)
                return $"has a key '{key.Kid}' that {problem}";
        }

        return keys.Count == before ? "has no key for one of " + string.Join(", ", TokenKeys.Algorithms) : null;
    }

    private static string? Add(TokenKeys keys, JsonWebKey key)
    {
        var only = string.IsNullOrEmpty(key.Alg) ? null : key.Alg;
        try
        {
            switch (key.Kty)
            {
                case "oct":
                    return keys.AddSecret(Base64UrlEncoder.DecodeBytes(key.K ?? ""), key.Kid, only);
                case "RSA":
                    using (var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key.N), Exponent = Bytes(key.E) }))
                        return keys.AddRsa(rsa, key.Kid, only);
                case "EC" when key.Crv == "P-256":
                    var point = new ECPoint { X = Bytes(key.X), Y = Bytes(key.Y) };
                    return keys.AddEc(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point }), key.Kid, only);
                default:
                    return null;
            }
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return "cannot be read";
        }
    }

    private static byte[] Bytes(string? base64Url) => Base64UrlEncoder.DecodeBytes(base64Url ?? "");
}
