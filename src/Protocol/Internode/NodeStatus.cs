namespace ChatAkka.Protocol.Internode;

/// <summary>What nodes tell each other about themselves, so that a full one can name another that takes more clients.</summary>
/// <param name="Node">The node that speaks.</param>
/// <param name="ClientAddress">Where clients connect to it, as <c>host:port</c>; empty while it does not listen.</param>
/// <param name="Connections">Connections now.</param>
/// <param name="Capacity">The most it takes; 0 while it does not take any.</param>
/// <param name="WantsReply">True where the speaker has not heard of the listener yet.</param>
public sealed record NodeStatus(NodeId Node, string ClientAddress, int Connections, int Capacity, bool WantsReply) : InternodeMessage;
