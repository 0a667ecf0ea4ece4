using ChatAkka.Protocol;

namespace ChatAkka.Node.Links;

/// <summary>Nodes that are no members any more: whatever comes late from one makes no link to it again.</summary>
/// <remarks>
/// A frame or a status may come after the news that its node is down, and before the cluster's view, which is brought up to date apart
/// from that, says so. A link made then would begin at 1, and never be closed. So a node is remembered for as long as the view names it,
/// and for <see cref="Age"/> besides: far longer than the two differ. Behind that a late frame finds no member, which is enough.
/// Pure and not thread-safe; bounded by the nodes that go within <see cref="Age"/>, as old ones are forgotten when another one goes.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class GoneNodes(TimeProvider time)
{
    /// <summary>A node is remembered at least this long.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly Dictionary<NodeId, long> _since = [];

    /// <summary>How many are remembered.</summary>
    public int Count => _since.Count;

    /// <summary>True for a node that is remembered.</summary>
    public bool Contains(NodeId node) => _since.ContainsKey(node);

    /// <summary>A node is gone.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isListed">True for nodes that the cluster's view still names.</param>
    public void Add(NodeId node, Func<NodeId, bool> isListed)
    {
        _since[node] = time.GetTimestamp();
        foreach (var (old, _) in _since.Where(n => time.GetElapsedTime(n.Value) > Age && !isListed(n.Key)).ToList())
            _since.Remove(old);
    }
}
