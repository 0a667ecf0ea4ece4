namespace ChatAkka.Protocol.Internode;

/// <summary>A node's status for the other nodes, so that a full node can tell clients which nodes accept more clients.</summary>
/// <param name="Node">The node whose status this is.</param>
/// <param name="ClientAddress">Address at which clients reach it, as <c>host:port</c>; empty while it does not listen.</param>
/// <param name="Connections">The number of open connections.</param>
/// <param name="Capacity">The largest number of connections that it accepts; 0 while it accepts none.</param>
/// <param name="WantsReply">True if the sender has no status of the receiver yet. Then the receiver answers with its own.</param>
public sealed record NodeStatus(NodeId Node, string ClientAddress, int Connections, int Capacity, bool WantsReply) : InternodeMessage;
