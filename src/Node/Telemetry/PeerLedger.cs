using System.Collections.Concurrent;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Telemetry;

/// <summary>What came from each other node over its link, also from those that are gone: what they took with them is known from here.</summary>
/// <remarks>Any thread may look; the gateway adds, each link counts on its own line.</remarks>
internal sealed class PeerLedger
{
    /// <summary>So many nodes that are gone are remembered.</summary>
    public const int MostGone = 256;

    private readonly ConcurrentDictionary<NodeId, Line> _lines = new();
    private readonly Queue<NodeId> _gone = new();

    /// <summary>All lines, in no order.</summary>
    public IEnumerable<(NodeId Node, Line Line)> All => _lines.Select(l => (l.Key, l.Value));

    /// <summary>Gives the line of a node.</summary>
    public Line Of(NodeId node) => _lines.GetOrAdd(node, _ => new Line());

    /// <summary>A node is no member any more. Called by the gateway alone.</summary>
    public void Gone(NodeId node)
    {
        Of(node).IsGone = true;
        _gone.Enqueue(node);
        if (_gone.Count > MostGone)
            _lines.TryRemove(_gone.Dequeue(), out _);
    }

    /// <summary>What came from one node. One link actor writes.</summary>
    public sealed class Line
    {
        private long _delivered;
        private long _sentBack;
        private long _tookAlong;

        /// <summary>True where the node is no member any more.</summary>
        public bool IsGone { get; set; }

        /// <summary>Chats that were handed to connections here.</summary>
        public long Delivered => Volatile.Read(ref _delivered);

        /// <summary>Chats whose recipient was not here.</summary>
        public long SentBack => Volatile.Read(ref _sentBack);

        /// <summary>Chats without an id that were on their way there when it died.</summary>
        public long Lost => Volatile.Read(ref _tookAlong);

        /// <summary>Says how many were on their way there when it died.</summary>
        public void TookAlong(long count) => Volatile.Write(ref _tookAlong, count);

        /// <summary>Counts a chat.</summary>
        public void Count(bool delivered)
        {
            if (delivered)
                Volatile.Write(ref _delivered, _delivered + 1);
            else
                Volatile.Write(ref _sentBack, _sentBack + 1);
        }
    }
}
