namespace ChatAkka.Protocol.Internode;

/// <summary>The answer of a node's gateway to <see cref="RelayHello"/>. The relay sends frames for <paramref name="Node"/> to the sender of it.</summary>
/// <param name="Node">The node that answers.</param>
/// <param name="Term">The term in the <see cref="RelayHello"/>.</param>
public sealed record GatewayHello(NodeId Node, long Term) : InternodeMessage;
