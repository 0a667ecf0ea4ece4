using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Clients;

/// <summary>Where clients reach this node.</summary>
/// <param name="Kind">How clients are transported there.</param>
/// <param name="Text">The address, as <c>host:port</c>.</param>
internal sealed record ClientAddress(ClientTransportKind Kind, string Text);
