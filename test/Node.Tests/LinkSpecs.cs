using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>What a link gives back, and when those who wait for it go on.</summary>
public class LinkSpecs
{
    private static readonly LinkSettings s_settings = new(
        16 * 1024, 200, 1024, 3, TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2));

    private readonly Link _link = new(new NodeId("h", 1, 1), s_settings);
    private readonly List<string> _back = [];
    private int _calls;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_not_give_back_a_chat_without_an_id_that_went_out_when_the_node_dies(bool waitsToBeSentAgain)
    {
        Append("acknowledged", "0");
        Append("sent with an id", "1");
        Append("sent", "");
        _link.TellReplaced(UserName.TryCreate("carol")!, 7);
        SendFrame();
        _link.Acknowledge(1, [], Connections(), new NodeCounters(), GiveBack);
        if (waitsToBeSentAgain)
            _link.Rewind();
        Append("not sent", "");
        Append("not sent with an id", "2");

        var settled = 0;
        _link.IsSettled(5, () => settled = _back.Count).ShouldBeFalse();
        _link.Close(GiveBack).ShouldBe(1);

        _back.ShouldBe(["sent with an id", "not sent", "not sent with an id"]);
        settled.ShouldBe(3);
        _link.IsIdle.ShouldBeTrue();
        _link.TryAppend(TestChats.Chat("alice", "bob", "x", 3, "3"), false, new Waiter(), out _).ShouldBe(Link.Append.Closed);
    }

    [Fact]
    public void Should_give_back_what_failed_before_it_counts_as_settled_and_each_once()
    {
        Append("a", "1");
        Append("b", "");
        Append("c", "3");
        SendFrame();
        var settled = -1;
        _link.IsSettled(3, () => settled = _back.Count).ShouldBeFalse();
        var counters = new NodeCounters();
        LinkFailure[] failures = [new(1, ErrorCode.RecipientOffline), new(2, ErrorCode.RecipientOffline)];

        _link.Acknowledge(4, failures, Connections(), counters, GiveBack);
        _back.ShouldBeEmpty();
        _link.Acknowledge(2, failures, Connections(), counters, GiveBack);
        settled.ShouldBe(-1);
        _link.Acknowledge(2, failures, Connections(), counters, GiveBack);
        _link.Acknowledge(3, failures, Connections(), counters, GiveBack);
        _link.Acknowledge(1, failures, Connections(), counters, GiveBack);

        _back.ShouldBe(["a", "b"]);
        settled.ShouldBe(2);
        _link.CountChats().ShouldBe(0);
    }

    [Fact]
    public void Should_let_everybody_go_on_who_found_it_full_when_the_node_dies()
    {
        var waiter = new Waiter();
        var chat = TestChats.Chat("alice", "bob", new string('x', 8000), 3, "1");
        while (_link.TryAppend(chat, false, waiter, out _) == Link.Append.Done)
        {
        }

        waiter.Calls.ShouldBe(0);
        _link.Close(GiveBack).ShouldBe(0);
        waiter.Calls.ShouldBe(1);
    }

    [Fact]
    public void Should_let_those_go_on_who_found_it_full_when_a_quarter_is_free_and_not_before()
    {
        var waiter = new Waiter();
        var chat = TestChats.Chat("alice", "bob", new string('x', 900), 3, "");
        var count = 0L;
        while (_link.TryAppend(chat, false, waiter, out var number) == Link.Append.Done)
            count = number;
        for (var number = 1L; number <= count; number++)
        {
            SendFrame();
            _link.Acknowledge(number, [], Connections(), new NodeCounters(), GiveBack);
            var isFree = (count - number) * LinkEntry.SizeOf(chat) <= s_settings.WindowBytes / 4 * 3;
            waiter.Calls.ShouldBe(isFree ? 1 : 0, $"{number} of {count} are acknowledged");
        }
    }

    [Fact]
    public void Should_count_as_delivered_what_did_not_fail()
    {
        Append("a", "");
        Append("b", "2");
        Append("c", "");
        Append("d", "4");
        SendFrame();
        var counters = new NodeCounters();
        LinkFailure[] failures = [new(1, ErrorCode.RecipientOffline), new(4, ErrorCode.RecipientOffline)];
        _link.Acknowledge(4, failures, new ConnectionTable(counters, new TraceLog(TimeProvider.System)), counters, GiveBack);
        counters.ToLedger(0).Delivered.ShouldBe(2);
    }

    [Fact]
    public void Should_hold_no_lock_when_it_calls_others()
    {
        var waiter = new Waiter { OnCall = UseLinkOnAnotherThread };
        var table = Connections();
        table.AddSender(new Sender(3, UseLinkOnAnotherThread));
        Append("failed", "1");
        Append("delivered", "2");
        _link.IsSettled(2, UseLinkOnAnotherThread).ShouldBeFalse();
        while (_link.TryAppend(TestChats.Chat("alice", "bob", new string('x', 900), 3, ""), false, waiter, out _) == Link.Append.Done)
        {
        }

        _link.NextFrame((_, _, _) =>
        {
            UseLinkOnAnotherThread();
            return [];
        }).ShouldNotBeNull();
        _link.Acknowledge(2, [new(1, ErrorCode.RecipientOffline)], table, new NodeCounters(), (_, _) => UseLinkOnAnotherThread());
        _calls.ShouldBe(4);
        _link.Close((_, _) => UseLinkOnAnotherThread());
        waiter.Calls.ShouldBe(1);
        _calls.ShouldBeGreaterThan(5);
    }

    private void UseLinkOnAnotherThread()
    {
        Task.Run(() => _link.Progress).Wait(Eventually.Limit).ShouldBeTrue("the link is locked");
        _calls++;
    }

    private static ConnectionTable Connections() => new(new NodeCounters(), new TraceLog(TimeProvider.System));

    private void Append(string content, string id) =>
        _link.TryAppend(TestChats.Chat("alice", "bob", content, 3, id), false, new Waiter(), out _).ShouldBe(Link.Append.Done);

    private void SendFrame() => _link.NextFrame((_, _, _) => []).ShouldNotBeNull();

    private void GiveBack(byte[] entry, ErrorCode code)
    {
        code.ShouldBe(ErrorCode.RecipientOffline);
        if (LinkEntry.KindOf(entry) == LinkEntryKind.Chat)
            _back.Add(Encoding.UTF8.GetString(LinkEntry.ReadChat(entry).Content));
    }

    private sealed class Waiter : IWindowWaiter
    {
        public int Calls { get; private set; }

        public Action OnCall { get; init; } = () => { };

        public void OnSpace()
        {
            Calls++;
            OnCall();
        }
    }

    private sealed class Sender(long id, Action onAnswer) : ISender
    {
        public long Id => id;

        public bool TryReserve(int bytes) => true;

        public void Reserve(int bytes)
        {
        }

        public void Release(int bytes)
        {
        }

        public void Answer(scoped in ChatView chat, ErrorCode code) => onAnswer();

        public void AnswerStored(scoped in ChatView chat) => onAnswer();

        public void OnSpace()
        {
        }
    }
}
