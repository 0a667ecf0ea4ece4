using System.IO.Hashing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Telemetry;

/// <summary>Remembers the last things that happened to messages with an id, for <c>chat trace</c>. Any thread may write.</summary>
/// <remarks>Rings without locks, chosen by thread: threads that share one would wait for each other's writes on the hot path
/// (docs/decisions/0025). Ids are kept as 64-bit hashes; a reader that comes while the oldest entry is overwritten may get that one wrong,
/// which a trace can bear.</remarks>
/// <param name="clock">The clock.</param>
internal sealed class TraceLog(TimeProvider clock)
{
    private const int Rings = 4;

    /// <summary>Things that each ring holds.</summary>
    public const int MostInRing = TraceMemory.Most / Rings;

    private readonly Ring[] _rings = [.. Enumerable.Range(0, Rings).Select(_ => new Ring())];

    /// <summary>Notes something; nothing where the message has no id.</summary>
    /// <param name="id">The message's id, as a JSON token.</param>
    /// <param name="kind">What happened.</param>
    /// <param name="number">Connection or mailbox number; 0 for none.</param>
    /// <param name="other">Another node; null for none.</param>
    /// <param name="code">The error, where there is one.</param>
    /// <param name="time">When, in milliseconds since 1970, UTC; 0 for now.</param>
    public void Note(ReadOnlySpan<byte> id, HopKind kind, long number = 0, NodeId? other = null, ErrorCode code = ErrorCode.None, long time = 0)
    {
        if (id.IsEmpty)
            return;
        var ring = _rings[Environment.CurrentManagedThreadId & (Rings - 1)];
        ref var hop = ref ring.Hops[Interlocked.Increment(ref ring.Next) & (MostInRing - 1)];
        hop = new Hop(XxHash64.HashToUInt64(id), time > 0 ? time : clock.GetUtcNow().ToUnixTimeMilliseconds(), number, other, kind, code);
    }

    /// <summary>Finds what happened to a message, in order.</summary>
    /// <param name="id">Its id, as a JSON token.</param>
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

        // What happened within a millisecond on two threads is put in the order in which it can have happened.
        return [.. found.OrderBy(h => h.Time).ThenBy(h => h.Kind)];
    }

    /// <summary>One thing that happened.</summary>
    public readonly record struct Hop(ulong Key, long Time, long Number, NodeId? Other, HopKind Kind, ErrorCode Code);

    private sealed class Ring
    {
        public readonly Hop[] Hops = new Hop[MostInRing];
        public long Next;
    }
}
