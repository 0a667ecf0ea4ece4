using System.Net;
using ChatAkka.Runtime.Proof;
using ChatAkka.Runtime.Tls;

namespace ChatAkka.Startup;

/// <summary>What members prove to each other, and whether that is enough for where this process listens.</summary>
/// <param name="Proofs">The proofs; null if there are none.</param>
/// <param name="IsLoopback">True if only processes on this machine reach the address.</param>
public sealed record MemberSecuritySettings(MemberSecurity? Proofs, bool IsLoopback)
{
    private const string Root = "chat.cluster";
    private const string Transports = "akka.remote.enabled-transports";
    private const string OwnTransport = "akka.remote.socket-tcp";

    /// <summary>The protection in a few words, for operators.</summary>
    public string Posture => Proofs switch
    {
        null => IsLoopback ? "loopback" : "open to network",
        { IsTransition: true } => $"{Words(Proofs)} (in transition: not required)",
        _ => Words(Proofs),
    };

    /// <summary>Reads the part of <c>chat.cluster</c>.</summary>
    /// <param name="reader">The configuration. It also collects the problems.</param>
    /// <param name="address">Where this process listens for members.</param>
    public static MemberSecuritySettings Create(ConfigReader reader, HostPort address)
    {
        var (cookie, file) = (reader.Text($"{Root}.cookie"), reader.Text($"{Root}.cookie-file"));
        if (cookie.Length > 0 && file.Length > 0)
            reader.Report($"{Root}.cookie-file", $"and {Root}.cookie are both set: keep one");
        var proofs = new MemberSecurity
        {
            CookieText = cookie.Length > 0 ? cookie : null,
            CookieFile = file.Length > 0 ? file : null,
            Tls = ReadTls(reader, address),
            IsTransition = reader.Choice($"{Root}.transition", "off", "on") == "on",
        };
        Try(reader, () => proofs.ReadCookies());
        var isOpen = reader.Choice($"{Root}.open-to-network", "off", "on") == "on";
        var isLoopback = address.Host == "localhost" || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
        if (!proofs.HasCookie && proofs.Tls is null)
        {
            if (!isLoopback && !isOpen)
            {
                reader.Report($"{Root}.address", $"is {address}, so that everybody who reaches it can control this cluster and read every message. Set {Root}.cookie or "
                    + $"{Root}.cookie-file to a secret that the members share (openssl rand -base64 32 makes one), or set {Root}.tls, "
                    + $"or set {Root}.open-to-network = on if only members reach this address");
            }

            return new MemberSecuritySettings(null, isLoopback);
        }

        if (reader.List(Transports) is not [OwnTransport])
            reader.Report(Transports, $"is not {OwnTransport} alone, and only that one proves {Root}.cookie and {Root}.tls");
        return new MemberSecuritySettings(proofs, isLoopback);
    }

    private static string Words(MemberSecurity proofs) =>
        string.Join(", ", new[] { proofs.Tls is null ? null : "mutual TLS", proofs.HasCookie ? "cookie" : null }.OfType<string>());

    private static MemberTlsFiles? ReadTls(ConfigReader reader, HostPort address)
    {
        var files = new MemberTlsFiles(
            reader.Text($"{MemberTlsFiles.Root}.certificate"), reader.Text($"{MemberTlsFiles.Root}.key"), reader.Text($"{MemberTlsFiles.Root}.authorities"));
        (string Name, string File)[] all = [("certificate", files.Certificate), ("key", files.Key), ("authorities", files.Authorities)];
        if (all.All(f => f.File.Length == 0))
            return null;
        foreach (var (name, _) in all.Where(f => f.File.Length == 0))
            reader.Report($"{MemberTlsFiles.Root}.{name}", "is empty, and TLS between members needs certificate, key and authorities");
        if (all.All(f => f.File.Length > 0))
        {
            Try(reader, () =>
            {
                if (!MemberIdentity.Load(files).IsFor(address.Host))
                    reader.Report($"{MemberTlsFiles.Root}.certificate", $"{files.Certificate} is not for {address.Host}, at which other members dial this one (chat.cluster.address)");
            });
        }

        return files;
    }

    private static void Try(ConfigReader reader, Action read)
    {
        try
        {
            read();
        }
        catch (FileProblemException e)
        {
            reader.Report(e.Path, e.Message);
        }
    }
}
