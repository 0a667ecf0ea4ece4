using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChatAkka.Management.Client.Certificates;

/// <summary>Makes a certificate authority and certificates of it for a trial, as PEM files in one folder.</summary>
/// <remarks>The keys are on the curve P-256. Files with private keys can be read by their owner only. An authority that is in the folder already is used
/// again, so that hosts can be added later; the certificate of a host is made anew, in place of the former one.</remarks>
internal static class CertificateMaker
{
    /// <summary>Files of the authority.</summary>
    public const string AuthorityFile = "ca.pem";

    /// <summary>File with the authority's private key.</summary>
    public const string AuthorityKeyFile = "ca.key";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan s_authorityAge = TimeSpan.FromDays(3650);
    private static readonly TimeSpan s_age = TimeSpan.FromDays(397);

    /// <summary>The clocks of other hosts may be behind by this much.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromHours(1);

    /// <summary>Makes what is missing.</summary>
    /// <param name="folder">Where the files go; it is created if it is missing.</param>
    /// <param name="hosts">Host names and IP addresses, one certificate each.</param>
    /// <param name="now">The time.</param>
    /// <returns>The files that were written.</returns>
    public static IReadOnlyList<string> Make(string folder, IReadOnlyList<string> hosts, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        List<string> written = [];
        var (file, keyFile) = (Path.Combine(folder, AuthorityFile), Path.Combine(folder, AuthorityKeyFile));
        if (!File.Exists(file))
        {
            var (certificate, key) = MakeAuthority(now);
            WritePrivate(keyFile, key);
            File.WriteAllText(file, certificate);
            written.AddRange([file, keyFile]);
        }

        using var authority = X509Certificate2.CreateFromPemFile(file, keyFile);
        foreach (var host in hosts)
        {
            var name = FileNameOf(host);
            var (certificate, key) = MakeCertificate(authority, host, now);
            WritePrivate(Path.Combine(folder, name + ".key"), key);
            File.WriteAllText(Path.Combine(folder, name + ".pem"), certificate);
            written.AddRange([Path.Combine(folder, name + ".pem"), Path.Combine(folder, name + ".key")]);
        }

        return written;
    }

    /// <summary>True if a text can be a host of a certificate.</summary>
    public static bool IsHost(string text) => text.Length <= 253 && Uri.CheckHostName(text) != UriHostNameType.Unknown && !IsAuthority(text);

    /// <summary>True if a host would have the files of the authority.</summary>
    private static bool IsAuthority(string host) => string.Equals(host, "ca", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of a host's files: an IPv6 address has colons.</summary>
    private static string FileNameOf(string host) => host.Trim('[', ']').Replace(':', '_');

    private static (string Certificate, string Key) MakeAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ChatAkka trial authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.CreateSelfSigned(now - s_skew, now + s_authorityAge);
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static (string Certificate, string Key) MakeCertificate(X509Certificate2 authority, string host, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={host.Trim('[', ']')}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication), new Oid(ClientAuthentication)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        var end = now + s_age;
        using var certificate = request.Create(authority, now - s_skew, end < authority.NotAfter ? end : authority.NotAfter, serial);
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static void WritePrivate(string file, string text)
    {
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}
