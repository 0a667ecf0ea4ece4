using ChatAkka.Protocol;

namespace ChatAkka.Node.Links;

/// <summary>Remembers nodes that are not members any more, so that a late message from such a node does not create a link to it again.</summary>
/// <remarks>
/// A frame or a status may come after the news that its node is down, but before the cluster's state says so: that state is updated separately. A
/// link that was created then would begin at number 1, and would never be closed. So a node is remembered while the cluster's state names it, and for
/// at least <see cref="LinkTimings.GoneNodeAge"/>: far longer than news and state can differ. After that, the origin of a late frame is not a
/// member, so the frame creates no link. Pure and not thread-safe. It is bounded: when another node goes, old nodes are forgotten, and so are the
/// oldest nodes above <see cref="Most"/>, except for those that the cluster's state names.
/// </remarks>
/// <param name="age">A node is remembered for at least this long, unless too many nodes go.</param>
/// <param name="time">The clock.</param>
internal sealed class GoneNodes(TimeSpan age, TimeProvider time)
{
    /// <summary>At most this many nodes are remembered, apart from those that the cluster's state names. So many nodes do not go within the seconds
    /// in which news and state differ.</summary>
    public const int Most = 256;

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
        foreach (var (old, since) in _since.Where(n => n.Key != node).OrderBy(n => n.Value).ToList())
        {
            if ((_since.Count > Most || time.GetElapsedTime(since) > age) && !isListed(old))
                _since.Remove(old);
        }
    }
}
