using ChatAkka.Node.Transport;
using ChatAkka.Protocol.Internode;
using ChatAkka.Startup;

namespace ChatAkka.Node.Clients;

/// <summary>One address at which clients connect. All of a node share its cap.</summary>
/// <param name="Kind">How clients are transported there.</param>
/// <param name="Transport">Accepts connections and carries their bytes.</param>
/// <param name="Address">Where to listen.</param>
/// <param name="Advertise">The address that clients are told if it differs from the bound one; null: the bound address.</param>
/// <param name="Flag">The option that names another address, for people.</param>
internal sealed record ClientEndpoint(ClientTransportKind Kind, IClientTransport Transport, HostPort Address, HostPort? Advertise, string Flag);
