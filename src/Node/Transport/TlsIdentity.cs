using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatAkka.Runtime.Tls;

namespace ChatAkka.Node.Transport;

/// <summary>What a node shows to clients and asks of them in a TLS handshake, as it was read from its files.</summary>
internal sealed class TlsIdentity : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authorities;

    private TlsIdentity(X509Certificate2 certificate, X509Certificate2Collection between, X509Certificate2Collection authorities, ClientCertificates clients)
    {
        (_certificate, _authorities) = (certificate, authorities);
        Options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, between, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,

            // A ticket keeps only the client's own certificate, so one that came with others could not be verified again.
            AllowTlsResume = clients == ClientCertificates.Off,
            ClientCertificateRequired = clients != ClientCertificates.Off,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (clients == ClientCertificates.Off)
            return;
        Options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,

            // A certificate of a client may name any address to load others from.
            DisableCertificateDownloads = true,
            ApplicationPolicy = { new Oid(ClientAuthentication) },
        };
        Options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        Options.RemoteCertificateValidationCallback = (_, given, _, errors) =>
            given is null ? clients == ClientCertificates.Optional : errors == SslPolicyErrors.None;
    }

    /// <summary>The options of a handshake.</summary>
    public SslServerAuthenticationOptions Options { get; }

    /// <summary>When the certificate ends.</summary>
    public DateTimeOffset Expires => new(_certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>For whom the certificate is, for people.</summary>
    public string Subject => _certificate.Subject;

    /// <summary>Reads the files.</summary>
    /// <exception cref="FileProblemException">A file cannot be used.</exception>
    public static TlsIdentity Load(TlsSettings settings)
    {
        var (certificate, between) = PemFiles.Identity("chat.tls", settings.Certificate, settings.Key);
        var authorities = settings.Authorities is { } file ? PemFiles.Certificates("chat.tls.client-certificates.authorities", file) : [];
        return new TlsIdentity(certificate, between, authorities, settings.Clients);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        foreach (var authority in _authorities)
            authority.Dispose();
    }
}
