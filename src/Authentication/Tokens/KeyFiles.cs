using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChatAkka.Authentication.Tokens;

/// <summary>Reads keys from files.</summary>
public static class KeyFiles
{
    // No key file is near this size. It bounds what a wrong path can make this process read.
    private const int MostBytes = 1024 * 1024;

    /// <summary>Reads all files.</summary>
    /// <exception cref="KeyFileException">A file cannot be read, or holds no usable key.</exception>
    public static TokenKeys Read(TokenSettings settings)
    {
        var keys = new TokenKeys();
        foreach (var path in settings.SecretFiles)
            Check(path, keys.AddSecret(Trimmed(Bytes(path))));
        foreach (var path in settings.PublicKeyFiles)
            Check(path, AddPem(keys, System.Text.Encoding.UTF8.GetString(Bytes(path))));
        if (settings.JwksFile is { } jwks)
            Check(jwks, Jwks.AddTo(keys, System.Text.Encoding.UTF8.GetString(Bytes(jwks))));
        return keys;
    }

    private static void Check(string path, string? problem)
    {
        if (problem is not null)
            throw new KeyFileException(path, problem);
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > MostBytes)
                throw new KeyFileException(path, "is too large for a file with keys");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new KeyFileException(path, $"cannot be read: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Takes the line ends away that editors and <c>openssl rand</c> put behind a secret.</summary>
    private static byte[] Trimmed(byte[] secret) => secret.AsSpan().TrimEnd("\r\n"u8).ToArray();

    private static string? AddPem(TokenKeys keys, string pem)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            return "holds a private key; this server needs the public one alone";
        try
        {
            if (pem.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
                return AddCertificate(keys, pem);
            try
            {
                using var rsa = RSA.Create();
                rsa.ImportFromPem(pem);
                return keys.AddRsa(rsa);
            }
            catch (CryptographicException)
            {
                var ec = ECDsa.Create();
                ec.ImportFromPem(pem);
                return keys.AddEc(ec);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return "holds no public key of RSA or of an elliptic curve in the form PEM";
        }
    }

    private static string? AddCertificate(TokenKeys keys, string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
            return keys.AddRsa(rsa);
        return certificate.GetECDsaPublicKey() is { } ec ? keys.AddEc(ec) : "holds a certificate without a key of RSA or of an elliptic curve";
    }
}
