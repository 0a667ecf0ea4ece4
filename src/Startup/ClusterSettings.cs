using Akka.Configuration;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Startup;

/// <summary>Where this process stands in the cluster.</summary>
/// <param name="Address">Endpoint of Akka.Remote, as the other members dial it.</param>
/// <param name="Join">Members to join; empty: itself, which starts a cluster.</param>
/// <param name="Roles">Cluster roles.</param>
public sealed record ClusterSettings(HostPort Address, IReadOnlyList<HostPort> Join, IReadOnlyList<string> Roles)
{
    /// <summary>Reads <c>chat.cluster</c>.</summary>
    /// <param name="reader">Where problems are collected, too.</param>
    /// <param name="defaultRoles">Gives the roles where the configuration names none; told whether others are joined.</param>
    /// <param name="needed">A role that this program cannot be without.</param>
    public static ClusterSettings Create(ConfigReader reader, Func<bool, IReadOnlyList<string>> defaultRoles, string needed)
    {
        var address = reader.Endpoint("chat.cluster.address");
        var join = reader.Endpoints("chat.cluster.join").Where(j => j != address || address.Port == 0).ToList();
        var joinsSelf = reader.Endpoints("chat.cluster.join").Contains(address);
        var roles = reader.List("chat.cluster.roles");
        if (roles.Count == 0)
            roles = defaultRoles(join.Count > 0);
        foreach (var role in roles.Where(r => r is not (ClusterNames.NodeRole or ClusterNames.RelayRole)))
            reader.Report("chat.cluster.roles", $"has '{role}', expected {ClusterNames.NodeRole} or {ClusterNames.RelayRole}");
        if (!roles.Contains(needed))
            reader.Report("chat.cluster.roles", $"must have {needed} in this program");
        if (address.Host is "0.0.0.0" or "::")
            reader.Report("chat.cluster.address", $"is '{address}', but other members must be able to dial it: name one address");
        return new ClusterSettings(address, joinsSelf ? reader.Endpoints("chat.cluster.join") : join, roles);
    }

    /// <summary>True where the cluster is entered through other members.</summary>
    public bool JoinsOthers => Join.Any(j => j != Address);

    /// <summary>Gives the part of Akka's configuration that follows from these settings.</summary>
    public Config ToHocon()
    {
        // A port drawn by the system is not known yet: such a process joins itself in code.
        var seeds = Join.Count > 0 ? Join : Address.Port == 0 ? [] : [Address];
        return ConfigurationFactory.ParseString($$"""
            akka.remote.dot-netty.tcp { hostname = "{{Address.Host}}", port = {{Address.Port}} }
            akka.cluster.roles = [{{string.Join(",", Roles.Select(r => $"\"{r}\""))}}]
            akka.cluster.seed-nodes = [{{string.Join(",", seeds.Select(s => $"\"akka.tcp://{ClusterNames.System}@{s}\""))}}]
            """);
    }
}
