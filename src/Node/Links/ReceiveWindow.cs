using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>Takes each entry of one origin node once and in order, and remembers what could not be delivered until the origin knows.</summary>
/// <remarks>Pure and not thread-safe. Failures are bounded by the origin's window: it sends nothing past what it has not seen
/// acknowledged. docs/delivery.md, "Links".</remarks>
internal sealed class ReceiveWindow
{
    private readonly List<LinkFailure> _failures = [];

    /// <summary>Number of the last entry taken: the acknowledgement.</summary>
    public long Taken { get; private set; }

    /// <summary>What could not be delivered and the origin may not know yet, lowest number first.</summary>
    public IReadOnlyList<LinkFailure> Failures => _failures;

    /// <summary>Says how many entries at the begin of a frame to pass over because they were taken before; -1 where the frame does
    /// not join what was taken (something before it is missing).</summary>
    /// <param name="first">Number of the frame's first entry.</param>
    public long Skip(long first) => first > Taken + 1 ? -1 : Taken + 1 - first;

    /// <summary>Takes the next entry.</summary>
    /// <param name="code"><see cref="ErrorCode.None"/> where it was delivered.</param>
    public void Take(ErrorCode code)
    {
        Taken++;
        if (code != ErrorCode.None)
            _failures.Add(new LinkFailure(Taken, code));
    }

    /// <summary>The origin took in the acknowledgement <paramref name="ack"/>: failures up to there are done with.</summary>
    public void Seen(long ack)
    {
        var known = 0;
        while (known < _failures.Count && _failures[known].Number <= ack)
            known++;
        if (known > 0)
            _failures.RemoveRange(0, known);
    }
}
