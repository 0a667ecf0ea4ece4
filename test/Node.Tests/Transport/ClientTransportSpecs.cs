namespace ChatAkka.Node.Tests.Transport;

/// <summary>The contract on the transport in memory.</summary>
public sealed class MemoryTransportSpecs() : ClientTransportContract(new MemoryTransportKit());

/// <summary>The contract on loopback sockets.</summary>
public sealed class SocketTransportSpecs() : ClientTransportContract(new SocketTransportKit());

/// <summary>The contract over TLS.</summary>
public sealed class TlsTransportSpecs() : ClientTransportContract(new TlsTransportKit());
