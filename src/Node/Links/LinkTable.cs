using System.Collections.Concurrent;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Links;

/// <summary>The links to the living nodes. The gateway adds and removes them; any thread may read.</summary>
internal sealed class LinkTable
{
    private readonly ConcurrentDictionary<NodeId, Link> _links = new();

    /// <summary>The links, in no order.</summary>
    public IEnumerable<Link> All => _links.Select(pair => pair.Value);

    /// <summary>Finds the link to a node; null if the node is not a living member.</summary>
    public Link? Find(NodeId node) => _links.GetValueOrDefault(node);

    /// <summary>Adds a link.</summary>
    public void Add(Link link) => _links[link.Target] = link;

    /// <summary>Forgets a link.</summary>
    public void Remove(NodeId node) => _links.TryRemove(node, out _);
}
