using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node;

/// <summary>What this node knows of the nodes around it: where clients reach them, and which have room. Any thread may look.</summary>
/// <param name="self">This node.</param>
internal sealed class RoomDirectory(NodeId self)
{
    /// <summary>The most nodes that a refused client is told.</summary>
    public const int MostNamed = 3;

    private volatile IReadOnlyDictionary<NodeId, NodeStatus> _nodes = new Dictionary<NodeId, NodeStatus>();

    /// <summary>Takes in what is known now.</summary>
    public void Update(IEnumerable<NodeStatus> nodes) => _nodes = nodes.ToDictionary(n => n.Node);

    /// <summary>Client addresses of other nodes that have room, the emptiest first.</summary>
    public IReadOnlyList<string> NodesWithRoom() =>
    [
        .. _nodes.Values
            .Where(n => n.Node != self && n.Connections < n.Capacity)
            .OrderByDescending(n => n.Capacity - n.Connections)
            .Take(MostNamed)
            .Select(n => n.ClientAddress),
    ];

    /// <summary>Where clients reach a node; null where it is no living member.</summary>
    public string? ClientAddressOf(NodeId node) => _nodes.GetValueOrDefault(node) is { ClientAddress.Length: > 0 } status ? status.ClientAddress : null;
}
