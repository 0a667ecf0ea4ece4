using Akka.Actor;
using BenchmarkDotNet.Attributes;
using ChatAkka.Node.Links;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Micro;

/// <summary>What a node does with each chat that goes to another one, per chat, in frames of 16.</summary>
[MemoryDiagnoser]
public class LinkBenchmarks
{
    private const int Chats = 16;

    private readonly SendWindow _window = new(new LinkSettings(1 << 20, 8192, 60 * 1024, 4, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(1)));
    private readonly byte[] _entry = new byte[LinkEntry.SizeOf(Samples.Chat)];
    private ActorSystem _system = null!;
    private InternodeSerializer _serializer = null!;
    private byte[] _frame = [];

    [GlobalSetup]
    public void SetUp()
    {
        _system = ActorSystem.Create("micro");
        _serializer = new InternodeSerializer((ExtendedActorSystem)_system);
        LinkEntry.Write(_entry, Samples.Chat);
        _frame = _serializer.ToBinary(Frame());
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
