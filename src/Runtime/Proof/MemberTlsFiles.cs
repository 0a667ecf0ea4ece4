namespace ChatAkka.Runtime.Proof;

/// <summary>The files for TLS between members.</summary>
/// <param name="Certificate">A PEM file with the certificate of this member, and after it those between it and its authority.</param>
/// <param name="Key">A PEM file with the private key, without a password.</param>
/// <param name="Authorities">A PEM file with the authorities of the cluster. A member needs a certificate of one of them.</param>
public sealed record MemberTlsFiles(string Certificate, string Key, string Authorities)
{
    /// <summary>The section of the settings.</summary>
    public const string Root = "chat.cluster.tls";
}
