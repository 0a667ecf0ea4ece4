using Akka.Actor;
using Akka.Cluster;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Startup;

/// <summary>Turns cluster members into node ids and gateway paths.</summary>
public static class MemberExtensions
{
    /// <summary>The node id of a member's incarnation.</summary>
    public static NodeId ToNodeId(this UniqueAddress address) =>
        new(address.Address.Host ?? "", address.Address.Port ?? 0, address.Uid);

    /// <summary>True for members that hold clients and may still live: not those that are down or removed.</summary>
    public static bool IsLivingNode(this Member member) =>
        member.HasRole(ClusterNames.NodeRole) && member.Status is not (MemberStatus.Down or MemberStatus.Removed);

    /// <summary>Where a node's gateway is.</summary>
    public static ActorSelection GatewayOf(this ActorSystem system, NodeId node) => system.ActorSelection(
        new RootActorPath(new Address("akka.tcp", system.Name, node.Host, node.Port)) / "user" / ClusterNames.Node / ClusterNames.Gateway);

    /// <summary>Where a node's agent is.</summary>
    public static ActorSelection NodeAgentOf(this ActorSystem system, Address member) =>
        system.ActorSelection(new RootActorPath(member) / "user" / ClusterNames.Node / ClusterNames.Agent);

    /// <summary>Where the agent of a process is in which the relay may live.</summary>
    public static ActorSelection RelayAgentOf(this ActorSystem system, Address member) =>
        system.ActorSelection(new RootActorPath(member) / "user" / ClusterNames.RelayAgent);
}
