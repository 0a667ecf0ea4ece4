using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChatAkka.RedisAccess;

/// <summary>The certificates of a connection to Redis by TLS.</summary>
internal static class ServerTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Reads the files once, to find errors at start.</summary>
    /// <exception cref="ArgumentException">A file cannot be used.</exception>
    public static void Check(string? authorities, string? certificate, string? key)
    {
        try
        {
            if (authorities is not null && ReadAuthorities(authorities).Count == 0)
                throw new ArgumentException($"names {authorities} as authorities, which has no certificate in PEM form");
            if (certificate is not null)
                Load(certificate, key!).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ArgumentException($"names certificates that cannot be used: {e.Message}", e);
        }
    }

    /// <summary>True if a server's certificate has the server's name and comes from one of <paramref name="authorities"/>, and from nobody else.</summary>
    public static bool IsTrusted(string authorities, X509Certificate? certificate, X509Chain? shown, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        try
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(ReadAuthorities(authorities));
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
            if (shown is not null)
                chain.ChainPolicy.ExtraStore.AddRange(shown.ChainElements.Select(e => e.Certificate).ToArray());
            return chain.Build(server);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Reads what this process shows.</summary>
    public static X509Certificate2 Load(string certificate, string key) => X509Certificate2.CreateFromPemFile(certificate, key);

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities;
    }
}
