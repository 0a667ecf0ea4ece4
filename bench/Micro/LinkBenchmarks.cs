using Akka.Actor;
using BenchmarkDotNet.Attributes;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Micro;

/// <summary>What a node does with each chat that goes to another one, per chat, in frames of 16.</summary>
[MemoryDiagnoser]
public class LinkBenchmarks
{
    private const int Chats = 16;

    private static readonly LinkSettings s_settings = new(1 << 20, 8192, 60 * 1024, 4, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(1));

    private static readonly Func<long, int, ReadOnlyMemory<byte>, byte[]> s_encode = (first, count, entries) =>
        new LinkBody { First = first, Count = count, AckSeen = first, Ack = first, Gap = false, Failures = [], Entries = entries }.ToBytes();

    private static readonly Action<byte[], ErrorCode> s_giveBack = (_, _) => { };
    private static readonly LinkFailure[] s_noFailures = [];

    private readonly SendWindow _window = new(s_settings);
    private readonly byte[] _entry = new byte[LinkEntry.SizeOf(Samples.Chat)];
    private ActorSystem _system = null!;
    private InternodeSerializer _serializer = null!;
    private byte[] _frame = [];

    private readonly Link _link = new(new NodeId("10.0.0.2", 4053, 2), s_settings);
    private readonly NodeCounters _counters = new();
    private readonly Outbound _outbound = new(1 << 20, new DeliveryWriter(DeliveryTemplate.TryParse(DeliveryTemplate.Seed)!));
    private ConnectionTable _connections = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _system = ActorSystem.Create("micro");
        _serializer = new InternodeSerializer((ExtendedActorSystem)_system);
        LinkEntry.Write(_entry, Samples.Chat);
        _frame = _serializer.ToBinary(Frame());
        _connections = new ConnectionTable(_counters, new TraceLog(TimeProvider.System));
        _connections.Add(new ClientConnection(Samples.Chat.Origin, _outbound, 1 << 20));
    }

    [GlobalCleanup]
    public void CleanUp() => _system.Terminate().Wait();

    [Benchmark(Description = "window: append, frame, acknowledge", OperationsPerInvoke = Chats)]
    public long Window()
    {
        for (var i = 0; i < Chats; i++)
            _window.TryAppend(Samples.Chat);
        var (first, count, _) = _window.NextFrame();
        _window.Acknowledge(first + count - 1);
        return first;
    }

    [Benchmark(Description = "link: append, frame, acknowledge, receipts", OperationsPerInvoke = Chats)]
    public int LinkWithReceipts() => Pass(Chats);

    [Benchmark(Description = "link: the same, one chat in a frame")]
    public int LinkWithOneReceipt() => Pass(1);

    [Benchmark(Description = "serializer: a frame to bytes", OperationsPerInvoke = Chats)]
    public int Serialize() => _serializer.ToBinary(Frame()).Length;

    [Benchmark(Description = "serializer: bytes to chats", OperationsPerInvoke = Chats)]
    public int Deserialize()
    {
        var frame = (LinkFrame)_serializer.FromBinary(_frame, "lf1");
        var reader = new LinkEntryReader(LinkBody.Parse(frame.Body).Entries.Span);
        var bytes = 0;
        while (reader.TryRead(out var entry))
            bytes += LinkEntry.ReadChat(entry).Content.Length;
        return bytes;
    }

    /// <summary>Chats go over the link, are acknowledged, and their receipts are taken by the client's socket.</summary>
    private int Pass(int chats)
    {
        long last = 0;
        for (var i = 0; i < chats; i++)
            _link.TryAppend(Samples.Chat, false, null!, out last);
        _link.FlushBegins();
        var bytes = _link.NextFrame(s_encode)!.Length;
        _link.Acknowledge(last, s_noFailures, _connections, _counters, s_giveBack);
        while (_outbound.TryTake(out var taken) == Outbound.Take.Bytes)
            bytes += taken.Length;
        return bytes;
    }

    private LinkFrame Frame()
    {
        for (var i = 0; i < Chats; i++)
            _window.TryAppend(Samples.Chat);
        var (first, count, bytes) = _window.NextFrame();
        var body = new LinkBody { First = first, Count = count, AckSeen = first, Ack = first, Gap = false, Failures = [], Entries = bytes };
        var frame = new LinkFrame(new NodeId("10.0.0.1", 4053, 1), new NodeId("10.0.0.2", 4053, 2), 1, body.ToBytes());
        _window.Acknowledge(first + count - 1);
        return frame;
    }
}
