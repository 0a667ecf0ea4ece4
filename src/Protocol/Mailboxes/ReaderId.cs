namespace ChatAkka.Protocol.Mailboxes;

/// <summary>A session that reads a mailbox: a connection of one incarnation of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Connection">Connection id, unique within the node.</param>
public sealed record ReaderId(NodeId Node, long Connection);
