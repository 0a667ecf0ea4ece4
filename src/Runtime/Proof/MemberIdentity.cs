using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatAkka.Runtime.Tls;

namespace ChatAkka.Runtime.Proof;

/// <summary>What a member shows to other members and asks of them in a TLS handshake, as it was read from its files.</summary>
/// <remarks>The authorities of the operating system count for nothing. A certificate of a member is for its host, as server and as client.</remarks>
public sealed class MemberIdentity
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    private readonly SslStreamCertificateContext _own;
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authorities;

    private MemberIdentity(X509Certificate2 certificate, X509Certificate2Collection between, X509Certificate2Collection authorities)
    {
        (_certificate, _authorities) = (certificate, authorities);
        _own = SslStreamCertificateContext.Create(certificate, between, offline: true);
    }

    /// <summary>When the certificate ends.</summary>
    public DateTimeOffset Expires => new(_certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>For whom the certificate is, for people.</summary>
    public string Subject => _certificate.Subject;

    /// <summary>Reads the files.</summary>
    /// <exception cref="FileProblemException">A file cannot be used.</exception>
    public static MemberIdentity Load(MemberTlsFiles files)
    {
        var (certificate, between) = PemFiles.Identity(MemberTlsFiles.Root, files.Certificate, files.Key);
        return new MemberIdentity(certificate, between, PemFiles.Certificates(MemberTlsFiles.Root + ".authorities", files.Authorities));
    }

    /// <summary>True if a certificate names a host as one of its alternative names. Its common name does not count.</summary>
    public static bool IsFor(X509Certificate? certificate, string host) =>
        certificate is X509Certificate2 full && full.MatchesHostname(host, allowWildcards: true, allowCommonName: false);

    /// <summary>True if the certificate is for this host.</summary>
    public bool IsFor(string host) => IsFor(_certificate, host);

    /// <summary>The options of a handshake with a member that dialled. Its name is checked when it has told its address.</summary>
    internal SslServerAuthenticationOptions ForDialled() => new()
    {
        ServerCertificateContext = _own,
        EnabledSslProtocols = Protocols,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        ClientCertificateRequired = true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = PolicyFor(ClientAuthentication),
        RemoteCertificateValidationCallback = (_, given, _, errors) => given is not null && errors == SslPolicyErrors.None,
    };

    /// <summary>The options of a handshake with the member at a host.</summary>
    internal SslClientAuthenticationOptions ForDialling(string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = _own,
        EnabledSslProtocols = Protocols,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = PolicyFor(ServerAuthentication),
        RemoteCertificateValidationCallback = (_, given, _, errors) => errors == SslPolicyErrors.None && IsFor(given, host),
    };

    private X509ChainPolicy PolicyFor(string purpose)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,

            // A certificate may name any address to load others from.
            DisableCertificateDownloads = true,
            ApplicationPolicy = { new Oid(purpose) },
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }
}
