using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>The holder of a session: a connection of one incarnation (one start) of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Connection">Connection id, unique within the node.</param>
public sealed record SessionOwner(NodeId Node, long Connection);
