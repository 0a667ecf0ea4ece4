using ChatAkka.Protocol;

namespace ChatAkka.Node.Links;

/// <summary>Remembers nodes that are not members any more, so that a late message from such a node does not create a link to it again.</summary>
/// <remarks>
/// A frame or a status may come after the news that its node is down, but before the cluster's state says so: that state is updated separately. A
/// link that was created then would begin at number 1, and would never be closed. So a node is remembered while the cluster's state names it, and for
/// at least <see cref="Age"/>: far longer than news and state can differ. After that, the origin of a late frame is not a member, so the frame
/// creates no link. Pure and not thread-safe. It is bounded by the nodes that go within <see cref="Age"/>: old ones are forgotten when another node
/// goes.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class GoneNodes(TimeProvider time)
{
    /// <summary>A node is remembered for at least this long.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly Dictionary<NodeId, long> _since = [];

    /// <summary>How many nodes are remembered.</summary>
    public int Count => _since.Count;

    /// <summary>True if the node is remembered.</summary>
    public bool Contains(NodeId node) => _since.ContainsKey(node);

    /// <summary>Remembers that a node is not a member any more.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isListed">Gives true for a node that the cluster's state still names.</param>
    public void Add(NodeId node, Func<NodeId, bool> isListed)
    {
        _since[node] = time.GetTimestamp();
        foreach (var (old, _) in _since.Where(n => time.GetElapsedTime(n.Value) > Age && !isListed(n.Key)).ToList())
            _since.Remove(old);
    }
}
