namespace ChatAkka.Protocol.Internode;

/// <summary>Names that all processes of a cluster use: the actor system, roles and well-known actors.</summary>
public static class ClusterNames
{
    /// <summary>Name of the actor system; part of every address.</summary>
    public const string System = "ChatAkka";

    /// <summary>Role of members that hold clients.</summary>
    public const string NodeRole = "node";

    /// <summary>Role of members on which the relay may act.</summary>
    public const string RelayRole = "relay";

    /// <summary>Name of a node's topmost actor below <c>/user</c>.</summary>
    public const string Node = "node";

    /// <summary>Name of a node's gateway below <see cref="Node"/>.</summary>
    public const string Gateway = "gateway";

    /// <summary>Name of a node's agent, which answers operators, below <see cref="Node"/>.</summary>
    public const string Agent = "agent";

    /// <summary>Name of the relay's agent below <c>/user</c>, in every process with the role relay.</summary>
    public const string RelayAgent = "relay-agent";

    /// <summary>Name of the manager of the relay singleton below <c>/user</c>.</summary>
    public const string RelayManager = "relay";

    /// <summary>Name of the relay below its manager.</summary>
    public const string RelayInstance = "instance";
}
