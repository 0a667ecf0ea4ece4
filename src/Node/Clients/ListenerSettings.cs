using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Settings of the listener for clients.</summary>
/// <param name="Address">The address to listen on for TCP; null: clients connect only by TLS.</param>
/// <param name="Advertise">The address that clients are told if it differs from the bound one; null: the bound address.</param>
/// <param name="TlsAddress">The address to listen on for TLS; null: none.</param>
/// <param name="TlsAdvertise">The same as <paramref name="Advertise"/>, for TLS.</param>
/// <param name="MaxConnections">The cap: the largest number of connections at a time.</param>
/// <param name="Backlog">The length of the operating system's queue of connections that are not accepted yet. It is also the largest number of
/// refusals that are under way at a time.</param>
/// <param name="RetryAfter">About how long clients that are sent to other nodes are asked to wait before they connect again.</param>
internal sealed record ListenerSettings(
    HostPort? Address, HostPort? Advertise, HostPort? TlsAddress, HostPort? TlsAdvertise, int MaxConnections, int Backlog, TimeSpan RetryAfter)
{
    private const string Off = "off";

    /// <summary>Reads <c>chat.listener</c>, and where to listen for TLS.</summary>
    public static ListenerSettings Create(ConfigReader reader)
    {
        var (address, tls) = (AddressAt(reader, "chat.listener.address"), AddressAt(reader, "chat.tls.address"));
        if (address is null && tls is null)
            reader.Report("chat.listener.address", "is off, and so is chat.tls.address, so no client could connect");
        return new ListenerSettings(
            address,
            AdvertisedAt(reader, "chat.listener.advertise"),
            tls,
            AdvertisedAt(reader, "chat.tls.advertise"),
            reader.Int("chat.listener.max-connections", 1, 1_000_000),
            reader.Int("chat.listener.backlog", 1, 65535),
            reader.Duration("chat.listener.retry-after", TimeSpan.Zero, TimeSpan.FromMinutes(10)));
    }

    private static HostPort? AddressAt(ConfigReader reader, string path)
    {
        if (reader.Text(path) is Off or "false")
            return null;
        var address = reader.Endpoint(path);
        if (!System.Net.IPAddress.TryParse(address.Host, out _))
            reader.Report(path, $"is '{address}', expected an IP address of this machine in place of a name");
        return address;
    }

    private static HostPort? AdvertisedAt(ConfigReader reader, string path) => reader.Text(path).Length == 0 ? null : reader.Endpoint(path);
}
