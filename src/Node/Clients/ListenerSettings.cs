using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>Settings of the listener for clients.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Advertise">Where clients reach it, where that is another address; null for the bound one.</param>
/// <param name="MaxConnections">The most connections at a time.</param>
/// <param name="Backlog">How many connections the system may keep that were not accepted yet.</param>
/// <param name="RetryAfter">About how long clients that are sent elsewhere are asked to wait.</param>
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
