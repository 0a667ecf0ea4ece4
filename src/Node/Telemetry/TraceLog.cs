using System.IO.Hashing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Telemetry;

/// <summary>Remembers the last events of messages with an id, for the command <c>chat trace</c>. Any thread may write.</summary>
/// <remarks>There are several rings without locks, and a thread's number chooses its ring. If all threads shared one ring, they would delay each
/// other's writes on the hot path (docs/decisions/0025). Ids are kept as 64-bit hashes. If the oldest entry is overwritten while a reader reads it,
/// the reader may get that entry wrong. For a trace this is acceptable.</remarks>
/// <param name="clock">The clock.</param>
internal sealed class TraceLog(TimeProvider clock)
{
    private const int Rings = 4;

    /// <summary>Events that each ring holds.</summary>
    public const int MostInRing = TraceMemory.Most / Rings;

    private readonly Ring[] _rings = [.. Enumerable.Range(0, Rings).Select(_ => new Ring())];

    /// <summary>Notes an event of a message. Does nothing if the message has no id.</summary>
    /// <param name="id">The message's id, as a JSON token.</param>
    /// <param name="kind">What happened.</param>
    /// <param name="number">The number of the connection, or the number in the mailbox; 0 if there is none.</param>
    /// <param name="other">The other node; null if there is none.</param>
    /// <param name="code">The error, if there is one.</param>
    /// <param name="time">When it happened, in milliseconds since 1970, UTC; 0 means now.</param>
    public void Note(ReadOnlySpan<byte> id, HopKind kind, long number = 0, NodeId? other = null, ErrorCode code = ErrorCode.None, long time = 0)
    {
        if (id.IsEmpty)
            return;
        var ring = _rings[Environment.CurrentManagedThreadId & (Rings - 1)];
        ref var hop = ref ring.Hops[Interlocked.Increment(ref ring.Next) & (MostInRing - 1)];
        hop = new Hop(XxHash64.HashToUInt64(id), time > 0 ? time : clock.GetUtcNow().ToUnixTimeMilliseconds(), number, other, kind, code);
    }

    /// <summary>Finds the events of a message, in order.</summary>
    /// <param name="id">The message's id, as a JSON token.</param>
    public IReadOnlyList<Hop> Find(ReadOnlySpan<byte> id)
    {
        var key = XxHash64.HashToUInt64(id);
        List<Hop> found = [];
        foreach (var ring in _rings)
        {
            var end = Volatile.Read(ref ring.Next);
            for (var i = Math.Max(1, end - MostInRing + 1); i <= end; i++)
            {
                var hop = ring.Hops[i & (MostInRing - 1)];
                if (hop.Kind != 0 && hop.Key == key)
                    found.Add(hop);
            }
        }

        // Events of the same millisecond on different threads are put in the order in which they can have happened.
        return [.. found.OrderBy(h => h.Time).ThenBy(h => h.Kind)];
    }

    /// <summary>One event.</summary>
    public readonly record struct Hop(ulong Key, long Time, long Number, NodeId? Other, HopKind Kind, ErrorCode Code);

    private sealed class Ring
    {
        public readonly Hop[] Hops = new Hop[MostInRing];
        public long Next;
    }
}
