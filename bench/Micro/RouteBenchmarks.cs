using BenchmarkDotNet.Attributes;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Micro;

/// <summary>What a route does with each chat whose recipient's place is known, per chat, 16 at a time.</summary>
[MemoryDiagnoser]
public class RouteBenchmarks
{
    private const int Chats = 16;

    private static readonly UserName s_bob = UserName.TryCreate("bob")!;

    private readonly NodeCounters _counters = new();
    private readonly ConnectionTable _connections;
    private readonly Link _link = new(new NodeId("10.0.0.2", 4053, 2), new LinkSettings(1 << 20, 8192, 60 * 1024, 4, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(1)));
    private readonly Outbound _outbound = Outbound();
    private readonly ClientConnection _alice = new(1, Outbound(), 1 << 20);
    private readonly Route _overLink = new(s_bob, new Host());
    private readonly Route _here = new(s_bob, new Host());
    private long _sent;

    public RouteBenchmarks()
    {
        _connections = new ConnectionTable(_counters, new TraceLog(TimeProvider.System));
        _here.SetLocal(new LocalSession(s_bob, new ClientConnection(2, _outbound, 1 << 20), DeliveryFormat.Text), out _);
        _overLink.Send(Chat, _alice);
        _overLink.Found(_link);
        Acknowledge(1);
    }

    private static ChatView Chat => new()
    {
        Origin = 17,
        Time = 1_800_000_000_000,
        IsTyped = false,
        Attempt = 0,
        Sender = "alice"u8,
        Recipient = "bob"u8,
        Id = [],
        Content = Samples.Chat.Content,
    };

    [Benchmark(Description = "route: over a link, frame, acknowledge", OperationsPerInvoke = Chats)]
    public long OverLink()
    {
        for (var i = 0; i < Chats; i++)
            _overLink.Send(Chat, _alice);
        Acknowledge(Chats);
        return _sent;
    }

    [Benchmark(Description = "route: to a session here", OperationsPerInvoke = Chats)]
    public int Here()
    {
        for (var i = 0; i < Chats; i++)
            _here.Send(Chat, _alice);
        _outbound.TryTake(out var bytes);
        return bytes.Length;
    }

    private static Outbound Outbound() => new(1 << 20, new DeliveryWriter(DeliveryTemplate.TryParse(DeliveryTemplate.Seed)!));

    private void Acknowledge(int count)
    {
        while (_link.NextFrame(static (_, _, _) => []) is not null)
        {
        }

        _link.Acknowledge(_sent += count, [], _connections, _counters, static (_, _) => { });
    }

    private sealed class Host : IRouteHost
    {
        public int MaxAttempts => 5;

        public bool HasMailboxes => true;

        public long NextStream() => 1;

        public void Deposit(Deposit deposit)
        {
        }

        public void AnswerStored(scoped in ChatView chat)
        {
        }

        public void LookUp(Route route)
        {
        }

        public void Answer(scoped in ChatView chat, ErrorCode code)
        {
        }

        public void HereChanged(bool isHere)
        {
        }

        public void Retire(Route route)
        {
        }
    }
}
