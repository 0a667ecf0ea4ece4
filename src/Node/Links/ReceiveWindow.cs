using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>Takes each entry of one origin node once and in order. It remembers the entries that could not be delivered until the origin knows
/// them.</summary>
/// <remarks>Pure and not thread-safe. The failures are bounded by the window of the origin: it sends no entry beyond its window until it has seen an
/// acknowledgement. docs/delivery.md, "Links".</remarks>
internal sealed class ReceiveWindow
{
    private readonly List<LinkFailure> _failures = [];

    /// <summary>Number of the last entry that was taken. It is sent as the acknowledgement.</summary>
    public long Taken { get; private set; }

    /// <summary>The entries that could not be delivered and that the origin may not know yet, lowest number first.</summary>
    public IReadOnlyList<LinkFailure> Failures => _failures;

    /// <summary>Says how many entries at the beginning of a frame must be skipped, because they were taken before; -1 if an entry before the frame is
    /// missing.</summary>
    /// <param name="first">Number of the frame's first entry.</param>
    public long Skip(long first) => first > Taken + 1 ? -1 : Taken + 1 - first;

    /// <summary>Takes the next entry.</summary>
    /// <param name="code">The error; <see cref="ErrorCode.None"/> if the entry was delivered.</param>
    public void Take(ErrorCode code)
    {
        Taken++;
        if (code != ErrorCode.None)
            _failures.Add(new LinkFailure(Taken, code));
    }

    /// <summary>The origin has processed the acknowledgement <paramref name="ack"/>. So it knows the failures up to there, and they are
    /// forgotten.</summary>
    public void Seen(long ack)
    {
        var known = 0;
        while (known < _failures.Count && _failures[known].Number <= ack)
            known++;
        if (known > 0)
            _failures.RemoveRange(0, known);
    }
}
