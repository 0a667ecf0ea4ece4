using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>How far each sending route was taken, so that a batch that is sent again is not taken again.</summary>
/// <remarks>Pure and not thread-safe. Bounded: the stream that was used longest ago goes.</remarks>
internal sealed class StreamMarks
{
    /// <summary>How many streams are remembered. A route sends one batch at a time and soon sends it again, so the last few would do.</summary>
    public const int Most = 256;

    private readonly Dictionary<(NodeId Origin, long Stream), Mark> _marks = [];
    private long _clock;

    /// <summary>The streams, those used longest ago first.</summary>
    public IEnumerable<(NodeId Origin, long Stream, Mark Mark)> All =>
        _marks.OrderBy(m => m.Value.LastUse).Select(m => (m.Key.Origin, m.Key.Stream, m.Value));

    /// <summary>Finds a stream; null where it is not known.</summary>
    public Mark? Find(NodeId origin, long stream) => _marks.GetValueOrDefault((origin, stream));

    /// <summary>A batch was decided on.</summary>
    public void Set(NodeId origin, long stream, long upTo, IReadOnlyList<LinkFailure> failures)
    {
        _marks[(origin, stream)] = new Mark(upTo, failures, ++_clock);
        if (_marks.Count > Most)
            _marks.Remove(_marks.MinBy(m => m.Value.LastUse).Key);
    }

    /// <summary>The last batch of a stream.</summary>
    /// <param name="UpTo">Number of its last chat.</param>
    /// <param name="Failures">What was refused of it.</param>
    /// <param name="LastUse">Orders streams by use.</param>
    public sealed record Mark(long UpTo, IReadOnlyList<LinkFailure> Failures, long LastUse);
}
