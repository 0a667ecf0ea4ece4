using Akka.Configuration;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Startup;

/// <summary>Settings of this process as a member of the cluster.</summary>
/// <param name="Address">Endpoint of Akka.Remote, as the other members dial it.</param>
/// <param name="Join">Members to join, possibly with this process among them; empty: this process may found a cluster.</param>
/// <param name="Roles">Cluster roles.</param>
/// <param name="FoundAfter">How long this process waits for known members to let it join, before it founds a cluster.</param>
/// <param name="CrashProbe">How the port of a lost member is probed.</param>
public sealed record ClusterSettings(
    HostPort Address, IReadOnlyList<HostPort> Join, IReadOnlyList<string> Roles, TimeSpan FoundAfter, CrashProbeSettings CrashProbe)
{
    /// <summary>The intervals with which this process looks for the cluster, confirms it and warns.</summary>
    public MembershipTimings Timings { get; init; } = MembershipTimings.Standard;

    /// <summary>What this process and other members prove to each other.</summary>
    public MemberSecuritySettings Security { get; init; } = new(null, IsLoopback: true);

    /// <summary>Reads <c>chat.cluster</c>.</summary>
    /// <param name="reader">The configuration. It also collects the problems.</param>
    /// <param name="defaultRoles">Gives the roles if the configuration names none. Its argument is true if other members are to be joined.</param>
    /// <param name="needed">A role that this program must have.</param>
    public static ClusterSettings Create(ConfigReader reader, Func<bool, IReadOnlyList<string>> defaultRoles, string needed)
    {
        var address = reader.Endpoint("chat.cluster.address");
        var list = reader.Endpoints("chat.cluster.join");
        var join = list.Where(j => j != address || address.Port == 0).ToList();
        var joinsSelf = list.Contains(address);
        var roles = reader.List("chat.cluster.roles");
        if (roles.Count == 0)
            roles = defaultRoles(join.Count > 0);
        foreach (var role in roles.Where(r => r is not (ClusterNames.NodeRole or ClusterNames.RelayRole)))
            reader.Report("chat.cluster.roles", $"has '{role}', expected {ClusterNames.NodeRole} or {ClusterNames.RelayRole}");
        if (!roles.Contains(needed))
            reader.Report("chat.cluster.roles", $"must have {needed} in this program");
        if (address.Host is "0.0.0.0" or "::")
            reader.Report("chat.cluster.address", $"is '{address}', but other members must be able to dial it: name one address");

        // In Akka's addresses and in node ids a host is written without brackets, so an IPv6 address does not work there.
        foreach (var (path, at) in list.Select(j => ("chat.cluster.join", j)).Prepend(("chat.cluster.address", address)))
        {
            if (at.Host.Contains(':', StringComparison.Ordinal))
                reader.Report(path, $"has '{at}', and members do not find each other by IPv6 addresses: give an IPv4 address, or a name, which may lead to either");
        }

        return new ClusterSettings(
            address,
            joinsSelf ? list : join,
            roles,
            reader.Duration("chat.cluster.found-after", TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            CrashProbeSettings.Create(reader))
        {
            Security = MemberSecuritySettings.Create(reader, address),
        };
    }

    /// <summary>True if the configuration names other members to join.</summary>
    public bool JoinsOthers => Join.Any(j => j != Address);

    /// <summary>The members to join, as HOST:PORT, without this process.</summary>
    public IReadOnlyList<string> Others => [.. Join.Where(j => j != Address).Select(j => j.ToString())];

    /// <summary>True if this process may found a cluster: it is the first on the list of members to join, or the list is empty.</summary>
    public bool MayFound => Join.Count == 0 || Join[0] == Address;

    /// <summary>Gives the part of Akka's configuration that follows from these settings. It contains no seed nodes:
    /// <see cref="ClusterEntryActor"/> decides which members to join. It hides the cookie from who sees the configuration of the actor system.</summary>
    public Config ToHocon() => ConfigurationFactory.ParseString($$"""
        akka.remote.socket-tcp { hostname = "{{Address.Host}}", port = {{Address.Port}} }
        akka.cluster.roles = [{{string.Join(",", Roles.Select(r => $"\"{r}\""))}}]
        akka.cluster.seed-nodes = []
        chat.cluster.cookie = ""
        """);
}
