namespace ChatAkka.Protocol.Internode;

/// <summary>The heartbeat of the acting relay to a node's gateway. The gateway may send frames through the sender of it.</summary>
/// <param name="Term">The term of this relay. A later relay has a higher one.</param>
public sealed record RelayHello(long Term) : InternodeMessage;
