using System.Collections.Concurrent;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Telemetry;

/// <summary>Counts what each other node sent to this one over its link. Nodes that are gone are kept, so that operators see what was lost with
/// them.</summary>
/// <remarks>Any thread may read. The gateway adds the nodes. Only a link's actor writes the counts of its node.</remarks>
internal sealed class PeerLedger
{
    /// <summary>At most this many nodes that are gone are remembered.</summary>
    public const int MostGone = 256;

    private readonly ConcurrentDictionary<NodeId, Line> _lines = new();
    private readonly Queue<NodeId> _gone = new();

    /// <summary>The counts of all nodes, in no order.</summary>
    public IEnumerable<(NodeId Node, Line Line)> All => _lines.Select(l => (l.Key, l.Value));

    /// <summary>Gives the counts of a node. They are created if there are none yet.</summary>
    public Line Of(NodeId node) => _lines.GetOrAdd(node, _ => new Line());

    /// <summary>Notes that a node is not a member any more. Only the gateway calls it.</summary>
    public void Gone(NodeId node)
    {
        Of(node).IsGone = true;
        _gone.Enqueue(node);
        if (_gone.Count > MostGone)
            _lines.TryRemove(_gone.Dequeue(), out _);
    }

    /// <summary>The counts of one node. Only its link's actor writes them.</summary>
    public sealed class Line
    {
        private long _delivered;
        private long _sentBack;
        private long _lostInFlight;

        /// <summary>True if the node is not a member any more.</summary>
        public bool IsGone { get; set; }

        /// <summary>Chats from that node that were handed to connections on this node.</summary>
        public long Delivered => Volatile.Read(ref _delivered);

        /// <summary>Chats from that node that were sent back, because their recipient has no session on this node.</summary>
        public long SentBack => Volatile.Read(ref _sentBack);

        /// <summary>Chats without an id that were in flight to that node when it died. They are dropped.</summary>
        public long LostInFlight => Volatile.Read(ref _lostInFlight);

        /// <summary>Sets how many chats without an id were in flight to that node when it died.</summary>
        public void SetLostInFlight(long count) => Volatile.Write(ref _lostInFlight, count);

        /// <summary>Counts a chat from that node as delivered or as sent back.</summary>
        public void Count(bool delivered)
        {
            if (delivered)
                Volatile.Write(ref _delivered, _delivered + 1);
            else
                Volatile.Write(ref _sentBack, _sentBack + 1);
        }
    }
}
