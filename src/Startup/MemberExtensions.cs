using Akka.Actor;
using Akka.Cluster;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Startup;

/// <summary>Converts cluster members to node ids and to the paths of their gateways and agents.</summary>
public static class MemberExtensions
{
    /// <summary>The node id of a member's incarnation.</summary>
    public static NodeId ToNodeId(this UniqueAddress address) =>
        new(address.Address.Host ?? "", address.Address.Port ?? 0, address.Uid);

    /// <summary>True for members with the role node that may still run: those that are neither downed nor removed.</summary>
    public static bool IsLivingNode(this Member member) =>
        member.HasRole(ClusterNames.NodeRole) && member.Status is not (MemberStatus.Down or MemberStatus.Removed);

    /// <summary>The path of a node's gateway.</summary>
    public static ActorSelection GatewayOf(this ActorSystem system, NodeId node) => system.ActorSelection(
        new RootActorPath(new Address("akka.tcp", system.Name, node.Host, node.Port)) / "user" / ClusterNames.Node / ClusterNames.Gateway);

    /// <summary>The path of a node's agent.</summary>
    public static ActorSelection NodeAgentOf(this ActorSystem system, Address member) =>
        system.ActorSelection(new RootActorPath(member) / "user" / ClusterNames.Node / ClusterNames.Agent);

    /// <summary>The path of the relay's agent in a process with the role relay.</summary>
    public static ActorSelection RelayAgentOf(this ActorSystem system, Address member) =>
        system.ActorSelection(new RootActorPath(member) / "user" / ClusterNames.RelayAgent);
}
