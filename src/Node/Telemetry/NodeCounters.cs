using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Telemetry;

/// <summary>Counts what became of the chats that this node accepted, and what it did not accept. Any thread may call it.</summary>
/// <remarks>Each accepted chat is delivered, stored, refused with an error, dropped, or still in flight. Errors about lines and connections are
/// counted separately. Each counter has its name and its unit here, and nowhere else: the log line at the end of a node and the ledger of
/// <c>pbm chat audit</c> are made of them, and docs/delivery.md lists them.</remarks>
internal sealed class NodeCounters
{
    private const string Chats = "chats";
    private const string Frames = "frames";
    private const string Connections = "connections";

    private readonly Counter _accepted = new("accepted", Chats);
    private readonly Counter _delivered = new("delivered", Chats);
    private readonly Counter _stored = new("stored", Chats);
    private readonly Counter[] _refused = OnePerError(wire => new Counter(wire, Chats));
    private readonly Counter[] _errors = OnePerError(wire => new Counter($"lines or connections {wire}", "lines or connections"));
    private readonly Counter _dropped = new("dropped with a node that died", Chats);
    private readonly Counter _settledAgain = new("kept or delivered again, as a session did not read them", Chats);
    private readonly Counter _badFrames = new("bad frames", Frames);
    private readonly Counter _staleFrames = new("stale frames", Frames);
    private readonly Counter _refusedConnections = new("connections refused", Connections);
    private readonly Counter _cutShort = new("connections reset while they were being closed", Connections);

    private readonly Counter _failedHandshakes = new("TLS handshakes that failed", Connections);

    /// <summary>One for each <see cref="LimitKind"/>, in their order. A name says which setting of <c>chat.limits</c> stopped something.</summary>
    private readonly Counter[] _limits =
    [
        new("connection.lines-per-second", "pauses"),
        new("connection.bytes-per-second", "pauses"),
        new("connection.chats-per-second", "pauses"),
        new("connection.errors-per-minute", Connections),
        new("connection.new-recipients-per-minute", Chats),
        new("connection.stored-per-minute", Chats),
        new("address.connections", Connections),
        new("address.connects-per-second", Connections),
        new("address.failed-logins-per-minute", "logins"),
        new("address.new-recipients-per-minute", Chats),
        new("address.table-size: forgotten early", "addresses"),
        new("address.table-size: refused", Connections),
        new("proxy-protocol: no header", Connections),
    ];

    /// <summary>Makes counters that are all 0.</summary>
    public NodeCounters() => All =
    [
        _accepted, _delivered, _stored, .. _refused.Zip(_errors, (refused, error) => new[] { refused, error }).SelectMany(pair => pair),
        _dropped, _settledAgain, _badFrames, _staleFrames, _refusedConnections, _cutShort, _failedHandshakes, .. _limits,
    ];

    /// <summary>All counters, in the order in which they are logged.</summary>
    public IReadOnlyList<Counter> All { get; }

    /// <summary>A chat was taken from a client.</summary>
    public void Accepted() => _accepted.Increment();

    /// <summary>A line was not accepted, or a connection was closed with an error.</summary>
    public void Error(ErrorCode code) => Of(_errors, code).Increment();

    /// <summary>An accepted chat was delivered, or its sender was answered with an error.</summary>
    public void Count(ErrorCode code) => (code == ErrorCode.None ? _delivered : Of(_refused, code)).Increment();

    /// <summary>A client's TLS handshake failed, or took too long.</summary>
    public void FailedHandshake() => _failedHandshakes.Increment();

    /// <summary>A limit against abuse stopped something.</summary>
    public void Limited(LimitKind kind) => _limits[(int)kind].Increment();

    /// <summary>What the limits against abuse stopped, by the names of their settings. Those that stopped nothing are left out.</summary>
    public IReadOnlyDictionary<string, long> ToLimits() => _limits.Where(c => c.Value > 0).ToDictionary(c => c.Name, c => c.Value);

    /// <summary>An accepted chat is kept in its recipient's mailbox.</summary>
    public void Stored() => _stored.Increment();

    /// <summary>Chats without an id were delivered: the node of their recipients acknowledged them.</summary>
    public void Delivered(long count) => _delivered.Add(count);

    /// <summary>Chats without an id were dropped, because they were in flight to a node that died.</summary>
    public void Dropped(long count) => _dropped.Add(count);

    /// <summary>A chat was settled a second time. It was handed to a session before, and the client did not read it. Its sender was answered the
    /// first time.</summary>
    public void SettledAgain() => _settledAgain.Increment();

    /// <summary>Gives what became of the chats that were accepted.</summary>
    /// <param name="inFlight">The chats that links and routes hold now.</param>
    public Ledger ToLedger(long inFlight) => new(
        _accepted.Value,
        _delivered.Value,
        _stored.Value,
        _refused.Where(r => r.Value > 0).ToDictionary(r => r.Name, r => r.Value),
        _dropped.Value is > 0 and var dropped ? new Dictionary<string, long> { ["node_died"] = dropped } : [],
        inFlight);

    /// <summary>A frame, or an entry in it, could not be read.</summary>
    public void BadFrame() => _badFrames.Increment();

    /// <summary>A frame was ignored: it came from a relay of an older term, it was for an earlier start of this node, or its origin is not a living
    /// member.</summary>
    public void StaleFrame() => _staleFrames.Increment();

    /// <summary>A connection was refused because the node is full.</summary>
    public void RefusedConnection() => _refusedConnections.Increment();

    /// <summary>A connection that was being closed was reset before its time to close was over, because too many connections were being
    /// closed.</summary>
    public void CutShort() => _cutShort.Increment();

    /// <summary>All counters in one line. Counters that are zero are left out, except for accepted and delivered.</summary>
    public override string ToString() => string.Join(", ", All
        .Select(c => (c.Name, c.Value, IsShown: c == _accepted || c == _delivered))
        .Where(c => c.IsShown || c.Value > 0)
        .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Value}")));

    private static Counter[] OnePerError(Func<string, Counter> make) => [.. ErrorCodes.All.Select(e => make(e.Wire))];

    /// <summary>The error codes are numbered from 1, in the order of <see cref="ErrorCodes.All"/>.</summary>
    private static Counter Of(Counter[] counters, ErrorCode code) => counters[(int)code - 1];
}
