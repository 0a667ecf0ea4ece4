using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Settings of the listener for clients.</summary>
/// <param name="Address">The address to listen on.</param>
/// <param name="Advertise">The address that clients are told if it differs from the bound one; null: the bound address.</param>
/// <param name="MaxConnections">The cap: the largest number of connections at a time.</param>
/// <param name="Backlog">The length of the operating system's queue of connections that are not accepted yet. It is also the largest number of
/// refusals that are under way at a time.</param>
/// <param name="RetryAfter">About how long clients that are sent to other nodes are asked to wait before they connect again.</param>
internal sealed record ListenerSettings(HostPort Address, HostPort? Advertise, int MaxConnections, int Backlog, TimeSpan RetryAfter)
{
    /// <summary>Reads <c>chat.listener</c>.</summary>
    public static ListenerSettings Create(ConfigReader reader)
    {
        var address = reader.Endpoint("chat.listener.address");
        if (!System.Net.IPAddress.TryParse(address.Host, out _))
            reader.Report("chat.listener.address", $"is '{address}', expected an IP address of this machine in place of a name");
        return new ListenerSettings(
            address,
            reader.Text("chat.listener.advertise").Length == 0 ? null : reader.Endpoint("chat.listener.advertise"),
            reader.Int("chat.listener.max-connections", 1, 1_000_000),
            reader.Int("chat.listener.backlog", 1, 65535),
            reader.Duration("chat.listener.retry-after", TimeSpan.Zero, TimeSpan.FromMinutes(10)));
    }
}
