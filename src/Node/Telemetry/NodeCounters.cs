using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Telemetry;

/// <summary>Counts what became of the chats that this node accepted, and what it did not accept. Any thread may call it.</summary>
/// <remarks>Each accepted chat is delivered, stored, refused with an error, dropped, or still in flight. Errors about lines and connections are
/// counted separately.</remarks>
internal sealed class NodeCounters
{
    private readonly long[] _refused = new long[ErrorCodes.All.Count + 1];
    private readonly long[] _errors = new long[ErrorCodes.All.Count + 1];
    private long _accepted;
    private long _delivered;
    private long _stored;
    private long _dropped;
    private long _settledAgain;
    private long _badFrames;
    private long _staleFrames;
    private long _refusedConnections;
    private long _cutShort;

    /// <summary>A chat was taken from a client.</summary>
    public void Accepted() => Interlocked.Increment(ref _accepted);

    /// <summary>A line was not accepted, or a connection was closed with an error.</summary>
    public void Error(ErrorCode code) => Interlocked.Increment(ref _errors[(int)code]);

    /// <summary>An accepted chat was delivered, or its sender was answered with an error.</summary>
    public void Count(ErrorCode code)
    {
        if (code == ErrorCode.None)
            Interlocked.Increment(ref _delivered);
        else
            Interlocked.Increment(ref _refused[(int)code]);
    }

    /// <summary>An accepted chat is kept in its recipient's mailbox.</summary>
    public void Stored() => Interlocked.Increment(ref _stored);

    /// <summary>Chats without an id were delivered: the node of their recipients acknowledged them.</summary>
    public void Delivered(long count) => Interlocked.Add(ref _delivered, count);

    /// <summary>Chats without an id were dropped, because they were in flight to a node that died.</summary>
    public void Dropped(long count) => Interlocked.Add(ref _dropped, count);

    /// <summary>A chat was settled a second time. It was handed to a session before, and the client did not read it. Its sender was answered the
    /// first time.</summary>
    public void SettledAgain() => Interlocked.Increment(ref _settledAgain);

    /// <summary>Gives what became of the chats that were accepted.</summary>
    /// <param name="inFlight">The chats that links and routes hold now.</param>
    public Ledger ToLedger(long inFlight) => new(
        Volatile.Read(ref _accepted),
        Volatile.Read(ref _delivered),
        Volatile.Read(ref _stored),
        ErrorCodes.All.Where(e => Volatile.Read(ref _refused[(int)e.Code]) > 0).ToDictionary(e => e.Wire, e => Volatile.Read(ref _refused[(int)e.Code])),
        Volatile.Read(ref _dropped) is > 0 and var dropped ? new Dictionary<string, long> { ["node_died"] = dropped } : [],
        inFlight);

    /// <summary>A frame, or an entry in it, could not be read.</summary>
    public void BadFrame() => Interlocked.Increment(ref _badFrames);

    /// <summary>A frame was ignored: it came from a relay of an older term, it was for an earlier start of this node, or its origin is not a living
    /// member.</summary>
    public void StaleFrame() => Interlocked.Increment(ref _staleFrames);

    /// <summary>A connection was refused because the node is full.</summary>
    public void RefusedConnection() => Interlocked.Increment(ref _refusedConnections);

    /// <summary>A connection that was being closed was reset before its time to close was over, because too many connections were being
    /// closed.</summary>
    public void CutShort() => Interlocked.Increment(ref _cutShort);

    /// <summary>All counters in one line. Counters that are zero are left out, except for accepted and delivered.</summary>
    public override string ToString()
    {
        var parts = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"accepted {_accepted}"),
            string.Create(CultureInfo.InvariantCulture, $"delivered {_delivered}"),
        };
        Add(parts, "stored", _stored);
        foreach (var (code, wire, _) in ErrorCodes.All)
        {
            Add(parts, wire, _refused[(int)code]);
            Add(parts, $"lines or connections {wire}", _errors[(int)code]);
        }

        Add(parts, "dropped with a node that died", _dropped);
        Add(parts, "kept or delivered again, as a session did not read them", _settledAgain);
        Add(parts, "bad frames", _badFrames);
        Add(parts, "stale frames", _staleFrames);
        Add(parts, "connections refused", _refusedConnections);
        Add(parts, "connections reset while they were being closed", _cutShort);
        return string.Join(", ", parts);
    }

    private static void Add(List<string> parts, string name, long count)
    {
        if (count > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {count}"));
    }
}
