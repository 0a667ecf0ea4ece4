using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>What this node knows about all nodes: where clients reach them, and which of them accept more clients. Any thread may read.</summary>
/// <param name="self">This node.</param>
/// <param name="retryAfter">About how long a client that is sent to another node is asked to wait.</param>
internal sealed class NodeDirectory(NodeId self, TimeSpan retryAfter)
{
    /// <summary>The most nodes that are named to a client that is refused.</summary>
    public const int MostNamed = 3;

    private volatile IReadOnlyDictionary<NodeId, NodeStatus> _nodes = new Dictionary<NodeId, NodeStatus>();

    /// <summary>Replaces what is known.</summary>
    public void Update(IEnumerable<NodeStatus> nodes) => _nodes = nodes.ToDictionary(n => n.Node);

    /// <summary>Writes the line that sends a client to other nodes.</summary>
    /// <param name="to">The buffer for the line.</param>
    /// <param name="json">True if the client's last command was JSON, or if it sent none.</param>
    /// <param name="code">Why the client is sent to other nodes.</param>
    /// <param name="kind">How the client is transported.</param>
    public void SendElsewhere(Utf8Buffer to, bool json, ErrorCode code, ClientTransportKind kind) =>
        Answers.TryElsewhere(to, json, code, NodesWithCapacity(kind), Jittered());

    /// <summary>Client addresses of other nodes that accept more clients. The order is random; the more capacity a node has left, the more likely it
    /// comes first. Without chance all clients of a dead node would go to the same node, as what is known is up to a second old.</summary>
    /// <param name="kind">How the client is transported: addresses of this kind are given.</param>
    public IReadOnlyList<string> NodesWithCapacity(ClientTransportKind kind) =>
    [
        .. _nodes.Values
            .Where(n => n.Node != self && n.Connections < n.Capacity && n.AddressFor(kind).Length > 0)
            .OrderByDescending(n => Math.Pow(Random.Shared.NextDouble(), 1.0 / (n.Capacity - n.Connections)))
            .Take(MostNamed)
            .Select(n => n.AddressFor(kind)),
    ];

    private TimeSpan Jittered() => retryAfter * (0.5 + Random.Shared.NextDouble());

    /// <summary>Where clients reach a node: at the address for this kind, or at the other one if it has none for this kind; null if the node is not a living
    /// member, or if no address is known.</summary>
    public string? ClientAddressOf(NodeId node, ClientTransportKind kind)
    {
        if (_nodes.GetValueOrDefault(node) is not { } status)
            return null;
        var address = status.AddressFor(kind) is { Length: > 0 } own ? own : status.ClientAddress is { Length: > 0 } plain ? plain : status.TlsAddress;
        return address.Length > 0 ? address : null;
    }
}
