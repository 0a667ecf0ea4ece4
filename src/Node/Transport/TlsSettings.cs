using ChatAkka.Runtime.Tls;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>Settings of TLS for clients.</summary>
/// <param name="Certificate">A PEM file with the certificate of this node, and after it those between it and its authority.</param>
/// <param name="Key">A PEM file with the private key, without a password.</param>
/// <param name="Clients">What is asked of clients' certificates.</param>
/// <param name="Authorities">A PEM file with the authorities of clients' certificates; null if none is asked for.</param>
/// <param name="MaxHandshakes">The most handshakes that are under way at a time.</param>
/// <param name="HandshakeTimeout">A handshake that takes longer ends the connection.</param>
internal sealed record TlsSettings(
    string Certificate, string Key, ClientCertificates Clients, string? Authorities, int MaxHandshakes, TimeSpan HandshakeTimeout)
{
    /// <summary>Reads <c>chat.tls</c>.</summary>
    public static TlsSettings Create(ConfigReader reader)
    {
        var clients = reader.Choice("chat.tls.client-certificates.verify", "off", "optional", "required") switch
        {
            "optional" => ClientCertificates.Optional,
            "required" => ClientCertificates.Required,
            _ => ClientCertificates.Off,
        };
        var authorities = reader.Text("chat.tls.client-certificates.authorities");
        var settings = new TlsSettings(
            reader.Text("chat.tls.certificate"),
            reader.Text("chat.tls.key"),
            clients,
            authorities.Length == 0 ? null : authorities,
            reader.Int("chat.tls.max-handshakes", 1, 65535),
            reader.Duration("chat.listener.login-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)));
        settings.CheckFiles(reader);
        return settings;
    }

    /// <summary>Reports each file that is missing or cannot be read as what it has to be.</summary>
    private void CheckFiles(ConfigReader reader)
    {
        if (Certificate.Length == 0)
            reader.Report("chat.tls.certificate", "is empty, and TLS needs a certificate: --tls-cert FILE");
        if (Key.Length == 0)
            reader.Report("chat.tls.key", "is empty, and TLS needs the private key of its certificate: --tls-key FILE");
        if (Clients != ClientCertificates.Off && Authorities is null)
            reader.Report("chat.tls.client-certificates.authorities", "is empty, and certificates of clients cannot be verified without it");
        if (Certificate.Length == 0 || Key.Length == 0)
            return;
        try
        {
            TlsIdentity.Load(this).Dispose();
        }
        catch (FileProblemException e)
        {
            reader.Report(e.Path, e.Message);
        }
    }
}
