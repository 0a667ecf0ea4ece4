using System.Collections.Concurrent;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Links;

/// <summary>The links to the living nodes; the gateway adds and removes them, any thread may look.</summary>
internal sealed class LinkTable
{
    private readonly ConcurrentDictionary<NodeId, Link> _links = new();

    /// <summary>The links, in no order.</summary>
    public IEnumerable<Link> All => _links.Select(pair => pair.Value);

    /// <summary>Finds the link to a node; null where that is no living member.</summary>
    public Link? Find(NodeId node) => _links.GetValueOrDefault(node);

    /// <summary>Adds a link.</summary>
    public void Add(Link link) => _links[link.Target] = link;

    /// <summary>Forgets a link.</summary>
    public void Remove(NodeId node) => _links.TryRemove(node, out _);
}
