namespace ChatAkka.Protocol.Internode;

/// <summary>A node's status for the other nodes, so that a full node can tell clients which nodes accept more clients.</summary>
/// <param name="Node">The node whose status this is.</param>
/// <param name="ClientAddress">Address at which clients reach it by TCP, as <c>host:port</c>; empty while it does not listen.</param>
/// <param name="Connections">The number of open connections.</param>
/// <param name="Capacity">The largest number of connections that it accepts; 0 while it accepts none.</param>
/// <param name="WantsReply">True if the sender has no status of the receiver yet. Then the receiver answers with its own.</param>
/// <param name="TlsAddress">Address at which clients reach it by TLS; empty if there is none, or if the node is of a version that knows no TLS.</param>
public sealed record NodeStatus(
    NodeId Node, string ClientAddress, int Connections, int Capacity, bool WantsReply, string TlsAddress = "") : InternodeMessage
{
    /// <summary>Address at which clients of a kind reach the node; empty if there is none.</summary>
    public string AddressFor(ClientTransportKind kind) => kind == ClientTransportKind.Tls ? TlsAddress : ClientAddress;
}
