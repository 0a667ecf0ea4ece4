namespace ChatAkka.Protocol.Internode;

/// <summary>The acting relay presents itself to a node's gateway: frames may go through its sender from now on.</summary>
/// <param name="Term">Number of this relay's time in office; a later relay has a higher one.</param>
public sealed record RelayHello(long Term) : InternodeMessage;
