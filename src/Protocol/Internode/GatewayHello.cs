namespace ChatAkka.Protocol.Internode;

/// <summary>A node's gateway answers <see cref="RelayHello"/>: its sender is where frames for <paramref name="Node"/> go.</summary>
/// <param name="Node">The node that answers.</param>
/// <param name="Term">The term it answers to.</param>
public sealed record GatewayHello(NodeId Node, long Term) : InternodeMessage;
