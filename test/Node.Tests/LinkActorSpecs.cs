using System.Text;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>One link, whose other node is the test.</summary>
public class LinkActorSpecs : TestKit, ILinkReceiver
{
    private static readonly NodeId s_self = new("h", 1, 1);
    private static readonly NodeId s_other = new("h", 2, 2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly LinkSettings _settings = new(
        16 * 1024, 200, 1024, 3, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2));

    private readonly NodeCounters _counters = new();
    private readonly ManualTime _time = new();
    private readonly TestProbe _path;
    private readonly TestProbe _direct;
    private readonly List<string> _taken = [];
    private bool _isHere = true;

    public LinkActorSpecs()
        : base("akka.loglevel = WARNING")
    {
        _path = CreateTestProbe();
        _direct = CreateTestProbe();
    }

    [Fact]
    public void Should_send_by_the_other_way_when_no_acknowledgement_comes()
    {
        var (link, _) = Start(resendAfter: TimeSpan.FromMilliseconds(50));
        Append(link, "a");
        Frame(_path).First.ShouldBe(1);
        Frame(_direct).First.ShouldBe(1);
    }

    [Fact]
    public void Should_send_again_at_once_what_is_under_way_when_the_path_changes()
    {
        var (link, actor) = Start();
        Append(link, "a");
        Frame(_path).First.ShouldBe(1);
        actor.Tell(new LinkMessages.RelayBecameUnusable());
        Frame(_direct).First.ShouldBe(1);
    }

    [Fact]
    public void Should_send_again_to_the_new_reference_when_the_other_node_has_started()
    {
        var (link, actor) = Start(hasRelay: false);
        Append(link, "a");
        Frame(_direct).First.ShouldBe(1);
        actor.Tell(new LinkMessages.TargetStarted(_path));
        Frame(_path).First.ShouldBe(1);
    }

    [Fact]
    public void Should_send_again_when_the_connection_to_the_other_node_was_lost()
    {
        var (link, actor) = Start();
        Append(link, "a");
        Frame(_path).First.ShouldBe(1);
        actor.Tell(new LinkMessages.TargetDisconnected());
        Frame(_path).First.ShouldBe(1);
    }

    [Fact]
    public void Should_return_to_the_relay_when_the_fallback_time_is_over_and_not_before()
    {
        var (link, actor) = Start();
        Append(link, "a");
        Frame(_path).First.ShouldBe(1);
        actor.Tell(new LinkMessages.CheckProgress());
        actor.Tell(new LinkMessages.CheckProgress());
        Frame(_direct).First.ShouldBe(1);
        Tell(actor, first: 1, ack: 1);

        // Nothing waits now, and the checks go on.
        actor.Tell(new LinkMessages.CheckProgress());
        Append(link, "b");
        Frame(_direct).First.ShouldBe(2);
        Tell(actor, first: 1, ack: 2);
        _time.Advance(_settings.Timings.Fallback);
        actor.Tell(new LinkMessages.CheckProgress());
        Append(link, "c");
        Frame(_path).First.ShouldBe(3);
    }

    [Fact]
    public void Should_say_that_a_frame_is_missing_and_send_again_when_it_is_told_so()
    {
        var (link, actor) = Start();
        Append(link, "a");
        Frame(_path).First.ShouldBe(1);
        Tell(actor, first: 2, entries: Chat("late"));
        var answer = Frame(_path);
        (answer.Gap, answer.Ack).ShouldBe((true, 0));
        Tell(actor, first: 1, gap: true);
        var again = Frame(_path);
        (again.First, again.Count, again.Gap).ShouldBe((1, 1, false));
        _taken.ShouldBeEmpty();
    }

    [Fact]
    public void Should_hand_on_each_entry_once_when_frames_overlap()
    {
        var (_, actor) = Start();
        Tell(actor, first: 1, entries: [Chat("a"), Chat("b")]);
        Frame(_path).Ack.ShouldBe(2);
        Tell(actor, first: 2, entries: [Chat("b"), Chat("c")]);
        Frame(_path).Ack.ShouldBe(3);
        _taken.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Should_send_back_what_follows_a_chat_that_went_back_until_its_path_is_chosen_anew()
    {
        var (_, actor) = Start();
        _isHere = false;
        Tell(actor, first: 1, entries: Chat("a"));
        Frame(_path).Failures.Select(f => f.Number).ShouldBe([1]);
        _isHere = true;
        Tell(actor, first: 2, entries: Chat("b"));
        Frame(_path).Failures.Select(f => f.Number).ShouldBe([1, 2]);
        Tell(actor, first: 3, entries: Chat("c", isFirst: true));
        Frame(_path).Ack.ShouldBe(3);
        _taken.ShouldBe(["c"]);
    }

    [Fact]
    public void Should_tell_a_failure_again_until_the_other_node_has_seen_it()
    {
        var (_, actor) = Start();
        _isHere = false;
        Tell(actor, first: 1, entries: Chat("a"));
        Frame(_path);
        _isHere = true;
        Tell(actor, first: 2, entries: Chat("b", isFirst: true));
        Frame(_path).Failures.Select(f => f.Number).ShouldBe([1]);
        Tell(actor, first: 3, ackSeen: 2, entries: Chat("c"));
        Frame(_path).Failures.ShouldBeEmpty();
    }

    [Fact]
    public void Should_go_on_behind_an_entry_that_it_cannot_read_and_say_that_it_failed()
    {
        var (_, actor) = Start();
        Tell(actor, first: 1, entries: [[99], Chat("a")]);
        var answer = Frame(_path);
        answer.Ack.ShouldBe(2);
        answer.Failures.ShouldBe([new LinkFailure(1, ErrorCode.Internal)]);
        _taken.ShouldBe(["a"]);
        _counters.ToString().ShouldContain("bad frames 1");
    }

    bool ILinkReceiver.TryTake(in ChatView chat)
    {
        if (_isHere)
            _taken.Add(Encoding.UTF8.GetString(chat.Content));
        return _isHere;
    }

    void ILinkReceiver.Returned(byte[] entry, Link from, ErrorCode code)
    {
    }

    private (Link Link, IActorRef Actor) Start(TimeSpan? resendAfter = null, bool hasRelay = true)
    {
        var settings = _settings with { Timings = LinkTimings.Of(resendAfter ?? _settings.ResendAfter, _settings.RelaySilence) };
        var link = new Link(s_other, settings);
        var trace = new TraceLog(TimeProvider.System);
        var connections = new ConnectionTable(_counters, trace);
        var line = new PeerLedger().Of(s_other);
        var direct = _direct.Ref;
        var actor = Sys.ActorOf(Props.Create(() => new LinkActor(
            s_self, link, true, direct, settings, this, connections, _counters, line, trace, _time)));
        if (hasRelay)
            actor.Tell(new LinkMessages.RelayBecameUsable(_path));
        link.Attach(actor);
        return (link, actor);
    }

    private static void Append(Link link, string content) =>
        link.TryAppend(TestChats.Chat("alice", "bob", content, 1, content), isFirst: true, new Waiter(), out _).ShouldBe(Link.Append.Done);

    private static LinkBody Frame(TestProbe probe) => LinkBody.Parse(probe.ExpectMsg<LinkFrame>(s_patience).Body);

    private static byte[] Chat(string content, bool isFirst = false)
    {
        var chat = TestChats.Chat("bob", "alice", content, 1, content);
        var entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(entry, chat, isFirst);
        return entry;
    }

    private static void Tell(IActorRef actor, long first, long ackSeen = 0, bool gap = false, long ack = 0, params byte[][] entries) => actor.Tell(new LinkFrame(s_other, s_self, 0, new LinkBody
    {
        First = first,
        Count = entries.Length,
        AckSeen = ackSeen,
        Ack = ack,
        Gap = gap,
        Failures = [],
        Entries = MailboxData.List([.. entries]),
    }.ToBytes()));

    private sealed class Waiter : IWindowWaiter
    {
        public void OnSpace()
        {
        }
    }
}
