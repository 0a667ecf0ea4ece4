using System.IO.Hashing;
using ChatAkka.Management.Chat;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Management;

/// <summary>Remembers the last things that happened to messages with an id, for <c>chat trace</c>. Any thread may write.</summary>
/// <remarks>A ring without locks: a write costs some ten nanoseconds on the hot path. Ids are kept as 64-bit hashes; a reader that comes
/// while the oldest entry is overwritten may get that one wrong, which a trace can bear.</remarks>
/// <param name="clock">The clock.</param>
internal sealed class TraceLog(TimeProvider clock)
{
    private readonly Hop[] _ring = new Hop[TraceMemory.Most];
    private long _next;

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
        ref var hop = ref _ring[Interlocked.Increment(ref _next) & (TraceMemory.Most - 1)];
        hop = new Hop(XxHash64.HashToUInt64(id), time > 0 ? time : clock.GetUtcNow().ToUnixTimeMilliseconds(), number, other, kind, code);
    }

    /// <summary>Finds what happened to a message, in order.</summary>
    /// <param name="id">Its id, as a JSON token.</param>
    public IReadOnlyList<Hop> Find(ReadOnlySpan<byte> id)
    {
        var key = XxHash64.HashToUInt64(id);
        var end = Volatile.Read(ref _next);
        List<Hop> found = [];
        for (var i = Math.Max(1, end - TraceMemory.Most + 1); i <= end; i++)
        {
            var hop = _ring[i & (TraceMemory.Most - 1)];
            if (hop.Kind != 0 && hop.Key == key)
                found.Add(hop);
        }

        // The thread that accepts may come to note it after another one delivered.
        return [.. found.OrderBy(h => h.Time).ThenByDescending(h => h.Kind == HopKind.Accepted)];
    }

    /// <summary>One thing that happened.</summary>
    public readonly record struct Hop(ulong Key, long Time, long Number, NodeId? Other, HopKind Kind, ErrorCode Code);
}
