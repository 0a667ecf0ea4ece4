using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>A gateway in a cluster of two members. The other member and the relays are the test, and so is the clock.</summary>
public class GatewaySpecs : TestKit, ILinkReceiver
{
    private const string Config = """
        akka.loglevel = WARNING
        akka.actor.provider = cluster
        akka.actor.serializers.chatakka-internode = "ChatAkka.Protocol.Internode.InternodeSerializer, ChatAkka.Protocol"
        akka.actor.serialization-bindings { "ChatAkka.Protocol.Internode.InternodeMessage, ChatAkka.Protocol" = chatakka-internode }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.cluster { roles = [node], gossip-interval = 50ms, leader-actions-interval = 50ms, periodic-tasks-initial-delay = 50ms }
        """;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);
    private readonly ManualTime _time = new();
    private readonly LinkTable _links = new();
    private readonly NodeCounters _counters = new();
    private readonly ConnectionTable _connections;
    private readonly NodeDirectory _directory;
    private readonly ActorSystem _otherSystem;
    private readonly TestProbe _otherGateway;
    private readonly NodeId _self;
    private readonly NodeId _other;
    private readonly IActorRef _gateway;

    public GatewaySpecs()
        : base(Config, ClusterNames.System)
    {
        var trace = new TraceLog(_time);
        _connections = new ConnectionTable(_counters, trace);
        _otherSystem = ActorSystem.Create(ClusterNames.System, Config);
        _otherGateway = CreateTestProbe();
        var probe = _otherGateway.Ref;
        _otherSystem.ActorOf(Props.Create(() => new OtherNode(probe)), ClusterNames.Node);
        _self = Cluster.Get(Sys).SelfUniqueAddress.ToNodeId();
        _other = Cluster.Get(_otherSystem).SelfUniqueAddress.ToNodeId();
        _directory = new NodeDirectory(_self, TimeSpan.Zero);

        // The test sends what timers would.
        var settings = new LinkSettings(16 * 1024, 200, 1024, 3, s_minute, TimeSpan.Zero, s_silence)
        {
            Timings = new LinkTimings(s_minute, 1, 3 * s_minute, s_silence, s_silence / 2, s_minute, 3, s_minute),
        };
        _gateway = Sys.ActorOf(Props.Create(() => new GatewayActor(
            _self, settings, true, _links, this, _connections, _directory, _counters, new PeerLedger(), trace, _time)));
    }

    [Fact]
    public async Task Should_tell_links_which_relay_is_usable_until_it_ends_or_is_silent_and_ignore_a_stale_one()
    {
        var link = await JoinAsync();
        link.TryAppend(TestChats.Chat("alice", "bob", "x", 1, "1"), true, null!, out _).ShouldBe(Link.Append.Done);
        ExpectFrame(_otherGateway);
        var relays = Enumerable.Range(0, 3).Select(_ => CreateTestProbe()).ToList();
        _gateway.Tell(new RelayHello(5), relays[1]);
        relays[1].ExpectMsg(new GatewayHello(_self, 5), Eventually.Limit);
        ExpectFrame(relays[1]);
        _gateway.Tell(new RelayHello(4), relays[0]);
        _gateway.Tell(new RelayHello(6), relays[2]);
        relays[2].ExpectMsg(new GatewayHello(_self, 6), Eventually.Limit);
        ExpectFrame(relays[2]);
        relays[0].ExpectNoMsg(TimeSpan.Zero);
        Sys.Stop(relays[2]);
        ExpectFrame(_otherGateway);

        var last = CreateTestProbe();
        _gateway.Tell(new RelayHello(7), last);
        last.ExpectMsg<GatewayHello>(Eventually.Limit);
        ExpectFrame(last);
        _time.Advance(s_silence);
        _gateway.Tell(new LinkMessages.CheckRelay());
        _time.Advance(TimeSpan.FromTicks(1));
        _gateway.Tell(new LinkMessages.CheckRelay());
        ExpectFrame(_otherGateway);
        _gateway.Tell(new RelayHello(7), last);
        last.ExpectMsg<GatewayHello>(Eventually.Limit);
        ExpectFrame(last);
    }

    [Fact]
    public async Task Should_ignore_a_frame_of_a_stale_relay_or_for_an_earlier_start_of_the_node()
    {
        await JoinAsync();
        var relay = CreateTestProbe();
        _gateway.Tell(new RelayHello(5), relay);
        _gateway.Tell(Frame(4));
        _gateway.Tell(Frame(0) with { Target = _self with { Uid = _self.Uid + 1 } });
        await Eventually.TrueAsync(() => _counters.ToString().Contains("stale frames 2", StringComparison.Ordinal), "both are counted");
        _gateway.Tell(Frame(5));
        relay.FishForMessage<LinkFrame>(f => LinkBody.Parse(f.Body).Ack == 1, Eventually.Limit);
    }

    [Fact]
    public void Should_send_a_nudge_back_when_there_is_no_such_session()
    {
        var owner = CreateTestProbe();
        _gateway.Tell(new MailboxNudge("bob", 9), owner);
        owner.ExpectMsg(new MailboxNudge("bob", 9), Eventually.Limit);
    }

    [Fact]
    public async Task Should_send_its_status_when_it_changed_and_again_after_some_intervals()
    {
        await JoinAsync();
        _gateway.Tell(new LinkMessages.OwnStatus("h:1", "", 3, 500));
        var status = new NodeStatus(_self, "h:1", 3, 500, WantsReply: false);
        for (var i = 0; i < 5; i++)
            _gateway.Tell(new LinkMessages.SendStatus());
        _gateway.Tell(new LinkMessages.OwnStatus("h:1", "", 4, 500));
        _gateway.Tell(new LinkMessages.SendStatus());
        List<NodeStatus> sent = [];
        await Eventually.TrueAsync(() =>
        {
            sent.AddRange(_otherGateway.ReceiveWhile(TimeSpan.FromMilliseconds(50), m => m as NodeStatus).OfType<NodeStatus>());
            return sent.Count > 0 && sent[^1].Connections == 4;
        }, "the last status arrives");
        sent.Where(s => s.Capacity == 500).ShouldBe([status, status, status with { Connections = 4 }]);
        _directory.ClientAddressOf(_self, ClientTransportKind.Plain).ShouldBe("h:1");
    }

    [Fact]
    public async Task Should_close_the_link_of_a_node_that_left_and_open_no_new_one()
    {
        var link = await JoinAsync();
        Cluster.Get(Sys).Down(Cluster.Get(_otherSystem).SelfAddress);
        await Eventually.TrueAsync(() => link.IsClosed, "the link is closed");
        _links.Find(_other).ShouldBeNull();
        _gateway.Tell(Frame(0));
        await Eventually.TrueAsync(() => _counters.ToString().Contains("stale frames 1", StringComparison.Ordinal), "the late frame is counted");
        _links.Find(_other).ShouldBeNull();
    }

    bool ILinkReceiver.TryTake(in ChatView chat) => true;

    void ILinkReceiver.Returned(byte[] entry, Link from, ErrorCode code)
    {
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _otherSystem.Terminate().Wait(Eventually.Limit);
    }

    private static void ExpectFrame(TestProbe probe) => probe.FishForMessage<LinkFrame>(f => LinkBody.Parse(f.Body).Count == 1, Eventually.Limit);

    private LinkFrame Frame(long term)
    {
        var chat = TestChats.Chat("bob", "alice", "x", 1, "1");
        var entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(entry, chat);
        var prefix = LinkEntryReader.PrefixSize(entry.Length);
        var entries = new byte[prefix + entry.Length];
        LinkEntryReader.WritePrefix(entries, entry.Length);
        entry.CopyTo(entries, prefix);
        return new LinkFrame(_other, _self, term, new LinkBody { First = 1, Count = 1, AckSeen = 0, Ack = 0, Gap = false, Failures = [], Entries = entries }.ToBytes());
    }

    private void Add(long id, TestProbe actor, bool isLoggedIn)
    {
        var connection = new ClientConnection(id, new Outbound(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!)), 1024, TimeProvider.System) { IsLoggedIn = isLoggedIn };
        connection.Attach(actor);
        _connections.Add(connection);
    }

    private async Task<Link> JoinAsync()
    {
        var first = Cluster.Get(Sys);
        await first.JoinAsync(first.SelfAddress).WaitAsync(Eventually.Limit);
        await Cluster.Get(_otherSystem).JoinAsync(first.SelfAddress).WaitAsync(Eventually.Limit);
        await Eventually.TrueAsync(() => _links.Find(_other) is not null, "there is a link to the other member");
        return _links.Find(_other)!;
    }

    /// <summary>Has the path of a node's gateway, and hands on what comes there.</summary>
    private sealed class OtherNode : ReceiveActor
    {
        public OtherNode(IActorRef probe) => Context.ActorOf(Props.Create(() => new OtherGateway(probe)), ClusterNames.Gateway);

        private sealed class OtherGateway : ReceiveActor
        {
            public OtherGateway(IActorRef probe) => ReceiveAny(probe.Forward);
        }
    }
}
