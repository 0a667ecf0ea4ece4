namespace ChatAkka.Protocol.Internode;

/// <summary>How clients are transported. A client that is sent to another node is told an address of its own kind.</summary>
public enum ClientTransportKind
{
    /// <summary>TCP.</summary>
    Plain,

    /// <summary>TLS over TCP.</summary>
    Tls,
}
