using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>What this node knows of the nodes around it: where clients reach them, and which take more clients. Any thread may look.</summary>
/// <param name="self">This node.</param>
/// <param name="retryAfter">About how long clients that are sent elsewhere are asked to wait.</param>
internal sealed class NodeDirectory(NodeId self, TimeSpan retryAfter)
{
    /// <summary>The most nodes that a refused client is told.</summary>
    public const int MostNamed = 3;

    private volatile IReadOnlyDictionary<NodeId, NodeStatus> _nodes = new Dictionary<NodeId, NodeStatus>();

    /// <summary>Takes in what is known now.</summary>
    public void Update(IEnumerable<NodeStatus> nodes) => _nodes = nodes.ToDictionary(n => n.Node);

    /// <summary>Sends a client elsewhere.</summary>
    /// <param name="to">Where the line goes.</param>
    /// <param name="json">How the client's last command came; true where it sent none.</param>
    /// <param name="code">Why.</param>
    public void SendElsewhere(Utf8Buffer to, bool json, ErrorCode code) => Answers.TryElsewhere(to, json, code, NodesWithCapacity(), Jittered());

    /// <summary>Client addresses of other nodes that take more clients. The more capacity is left the likelier it stands first: what is known of them is
    /// up to a second old, and all clients of a dead node would else go to the same one.</summary>
    public IReadOnlyList<string> NodesWithCapacity() =>
    [
        .. _nodes.Values
            .Where(n => n.Node != self && n.Connections < n.Capacity)
            .OrderByDescending(n => Math.Pow(Random.Shared.NextDouble(), 1.0 / (n.Capacity - n.Connections)))
            .Take(MostNamed)
            .Select(n => n.ClientAddress),
    ];

    private TimeSpan Jittered() => retryAfter * (0.5 + Random.Shared.NextDouble());

    /// <summary>Where clients reach a node; null where it is no living member.</summary>
    public string? ClientAddressOf(NodeId node) => _nodes.GetValueOrDefault(node) is { ClientAddress.Length: > 0 } status ? status.ClientAddress : null;
}
