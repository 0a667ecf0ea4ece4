using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Telemetry;

/// <summary>What became of the chats that this node accepted, and what it did not accept at all. Any thread may count.</summary>
/// <remarks>Accepted chats are delivered, stored, refused with an error, or still under way; errors for lines and connections are apart.</remarks>
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

    /// <summary>A line was not accepted, or a connection was closed for a reason.</summary>
    public void Error(ErrorCode code) => Interlocked.Increment(ref _errors[(int)code]);

    /// <summary>An accepted chat is done: delivered, or answered with an error.</summary>
    public void Count(ErrorCode code)
    {
        if (code == ErrorCode.None)
            Interlocked.Increment(ref _delivered);
        else
            Interlocked.Increment(ref _refused[(int)code]);
    }

    /// <summary>An accepted chat is kept in its recipient's mailbox.</summary>
    public void Stored() => Interlocked.Increment(ref _stored);

    /// <summary>Many chats without an id were acknowledged by the node of their recipients.</summary>
    public void Delivered(long count) => Interlocked.Add(ref _delivered, count);

    /// <summary>Chats without an id were on their way to a node that died.</summary>
    public void Dropped(long count) => Interlocked.Add(ref _dropped, count);

    /// <summary>A chat that a session had and did not read is done a second time: whoever sent it was answered before.</summary>
    public void SettledAgain() => Interlocked.Increment(ref _settledAgain);

    /// <summary>What became of the chats that were accepted.</summary>
    /// <param name="inFlight">Chats that links and routes hold.</param>
    public Ledger ToLedger(long inFlight) => new(
        Volatile.Read(ref _accepted),
        Volatile.Read(ref _delivered),
        Volatile.Read(ref _stored),
        ErrorCodes.All.Where(e => Volatile.Read(ref _refused[(int)e.Code]) > 0).ToDictionary(e => e.Wire, e => Volatile.Read(ref _refused[(int)e.Code])),
        Volatile.Read(ref _dropped) is > 0 and var dropped ? new Dictionary<string, long> { ["node_died"] = dropped } : [],
        inFlight);

    /// <summary>A frame could not be read.</summary>
    public void BadFrame() => Interlocked.Increment(ref _badFrames);

    /// <summary>A frame came from a relay out of office, or was meant for an earlier incarnation.</summary>
    public void StaleFrame() => Interlocked.Increment(ref _staleFrames);

    /// <summary>A connection was refused because the node is full.</summary>
    public void RefusedConnection() => Interlocked.Increment(ref _refusedConnections);

    /// <summary>A connection that was being closed was reset before its grace was over: too many were being closed.</summary>
    public void CutShort() => Interlocked.Increment(ref _cutShort);

    /// <summary>All counters in one line, those that are zero left out.</summary>
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
