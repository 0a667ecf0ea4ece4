using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Remembers for each stream up to which number its chats were taken, so that a batch that is sent again is not taken again.</summary>
/// <remarks>Pure and not thread-safe. At the bound the stream that was used longest ago is forgotten.</remarks>
internal sealed class StreamMarks
{
    /// <summary>How many streams are remembered. A route has one batch in flight and sends it again soon, so the last few would be enough.</summary>
    public const int Most = 256;

    private readonly Dictionary<(NodeId Origin, long Stream), Mark> _marks = [];
    private long _clock;

    /// <summary>The streams, in the order of their last use, the oldest first.</summary>
    public IEnumerable<(NodeId Origin, long Stream, Mark Mark)> All =>
        _marks.OrderBy(m => m.Value.LastUse).Select(m => (m.Key.Origin, m.Key.Stream, m.Value));

    /// <summary>Finds a stream; null if it is not remembered.</summary>
    public Mark? Find(NodeId origin, long stream) => _marks.GetValueOrDefault((origin, stream));

    /// <summary>Remembers the last batch of a stream, after the mailbox decided on it.</summary>
    public void Set(NodeId origin, long stream, long upTo, IReadOnlyList<LinkFailure> failures)
    {
        _marks[(origin, stream)] = new Mark(upTo, failures, ++_clock);
        if (_marks.Count > Most)
            _marks.Remove(_marks.MinBy(m => m.Value.LastUse).Key);
    }

    /// <summary>The last batch of a stream.</summary>
    /// <param name="UpTo">Number of its last chat.</param>
    /// <param name="Failures">The chats of it that were refused.</param>
    /// <param name="LastUse">A number that orders the streams by their last use.</param>
    public sealed record Mark(long UpTo, IReadOnlyList<LinkFailure> Failures, long LastUse);
}
