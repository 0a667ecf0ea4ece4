using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Tests;

public class OutboundSpecs
{
    private readonly Outbound _outbound = new(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!));
    private int _wakes;
    private int _overflows;

    public OutboundSpecs() => _outbound.Attach(() => _wakes++, () => _overflows++);

    [Fact]
    public void Should_wake_the_taker_once_and_only_where_it_waits()
    {
        Deliver("a").ShouldBeTrue();
        _wakes.ShouldBe(0);
        Take().ShouldBe("a\n");
        Take().ShouldBeNull();
        Deliver("b");
        Deliver("c");
        _wakes.ShouldBe(1);
        Take().ShouldBe("b\nc\n");
    }

    [Fact]
    public void Should_drop_what_waits_at_the_bound_and_say_why()
    {
        var taken = 0;
        while (Deliver(new string('x', 500)))
            taken++;
        taken.ShouldBe(8);
        _overflows.ShouldBe(1);
        Take()!.ShouldContain("slow_consumer");
        _outbound.TryTake(out _).ShouldBe(Outbound.Take.End);
        Deliver("late").ShouldBeFalse();
    }

    [Fact]
    public void Should_count_what_the_socket_was_given_and_has_not_written()
    {
        var taken = 0;
        while (Deliver(new string('x', 500)))
        {
            if (++taken == 4)
                Take();
        }

        // 2,004 bytes are with the socket: the rest of 4,096 is all that waits.
        taken.ShouldBe(8);
        Take()!.ShouldContain("slow_consumer");
    }

    [Fact]
    public void Should_write_out_what_waits_when_it_is_closed_and_then_end()
    {
        Deliver("last");
        _outbound.Close();
        Deliver("never").ShouldBeFalse();
        Take().ShouldBe("last\n");
        _outbound.TryTake(out _).ShouldBe(Outbound.Take.End);
    }

    [Fact]
    public void Should_write_nothing_behind_the_last_line()
    {
        Deliver("chat");
        _outbound.Close(to => to.Append("bye\n"u8));
        _outbound.Close(to => to.Append("again\n"u8));
        Deliver("never").ShouldBeFalse();
        Take().ShouldBe("chat\nbye\n");
    }

    [Fact]
    public void Should_not_count_as_seen_what_a_session_did_not_take()
    {
        var session = new LocalSession(UserName.TryCreate("b")!, new ClientConnection(1, _outbound, 1000, TimeProvider.System), DeliveryFormat.Text);
        session.TryDeliver(TestChats.Chat("a", "b", "text", 1, "id1")).ShouldBeTrue();
        session.TryDeliver(TestChats.Chat("a", "b", "text", 1, "id1")).ShouldBeTrue();
        _outbound.Close();
        session.TryDeliver(TestChats.Chat("a", "b", "text", 1, "id2")).ShouldBeFalse();
        session.TryDeliver(TestChats.Chat("a", "b", "text", 1, "id2")).ShouldBeFalse();
        Take().ShouldBe("text\n");
    }

    [Fact]
    public void Should_say_when_the_socket_has_written_what_was_in()
    {
        var written = 0;
        _outbound.WhenWritten(() => written++);
        written.ShouldBe(1);
        Deliver("a");
        _outbound.WhenWritten(() => written++);
        Take().ShouldBe("a\n");
        Deliver("later");
        written.ShouldBe(1);
        Take().ShouldBe("later\n");
        written.ShouldBe(2);
        Take();
        written.ShouldBe(2);
    }

    [Fact]
    public void Should_never_say_that_it_was_written_when_it_was_dropped()
    {
        var written = 0;
        Deliver("a");
        _outbound.WhenWritten(() => written++);
        while (Deliver(new string('x', 500)))
        {
        }

        while (Take() is not null)
        {
        }

        _outbound.WhenWritten(() => written++);
        written.ShouldBe(0);
    }

    [Fact]
    public void Should_give_the_socket_a_part_at_a_time_and_count_each_part_when_it_is_written()
    {
        var (outbound, written, space) = (Of(400 * 1024), 0, 0);
        var text = new string('x', 150 * 1024);
        outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", text, 1, "id1"));
        outbound.WhenWritten(() => written++);
        outbound.WhenSpace(() => space++);
        var all = new StringBuilder();
        List<(int Waiting, int Written, int Space)> seen = [];
        while (outbound.TryTake(out var bytes) == Outbound.Take.Bytes)
        {
            bytes.Length.ShouldBeLessThanOrEqualTo(64 * 1024);
            all.Append(Encoding.UTF8.GetString(bytes.Span));
            seen.Add((outbound.Waiting, written, space));
            if (seen.Count == 2)
                outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", "later", 1, "id2"));
        }

        all.ToString().ShouldBe(text + "\nlater\n");
        var whole = text.Length + 1;
        seen.ShouldBe([(whole, 0, 0), (whole - (64 * 1024), 0, 1), (whole - (128 * 1024) + 6, 0, 1), (6, 1, 1)]);
        outbound.Waiting.ShouldBe(0);
    }

    [Fact]
    public void Should_say_that_it_was_written_only_when_the_last_part_is()
    {
        var (outbound, written) = (Of(400 * 1024), 0);
        outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", new string('x', 150 * 1024), 1, ""));
        outbound.TryTake(out _);
        outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", "later", 1, ""));
        outbound.WhenWritten(() => written++);
        for (var takes = 0; takes < 3; takes++)
            outbound.TryTake(out _).ShouldBe(Outbound.Take.Bytes);
        written.ShouldBe(0);
        outbound.TryTake(out _).ShouldBe(Outbound.Take.Nothing);
        written.ShouldBe(1);
    }

    [Fact]
    public void Should_give_back_a_chat_of_which_the_socket_has_written_only_a_part()
    {
        var outbound = Of(400 * 1024);
        outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", new string('x', 100 * 1024), 1, "id1"));
        outbound.TryTake(out _);
        outbound.TryTake(out _);
        outbound.GiveUp();
        new LinkEntryReader(outbound.TakeUnread()).TryRead(out _).ShouldBeTrue();
    }

    [Fact]
    public void Should_change_its_turn_when_the_socket_asks_for_more_and_have_none_while_nothing_waits()
    {
        _outbound.Turn.ShouldBeNull();
        Deliver("a");
        var first = _outbound.Turn.ShouldNotBeNull();
        _outbound.Turn.ShouldBe(first);
        Take();
        Deliver("b");
        var second = _outbound.Turn.ShouldNotBeNull();
        second.ShouldNotBe(first);
        Deliver("c");
        _outbound.Turn.ShouldBe(second);
        Take();
        _outbound.Turn.ShouldNotBeNull().ShouldNotBe(second);
        Take();
        _outbound.Turn.ShouldBeNull();
    }

    [Fact]
    public void Should_drop_what_waits_and_say_why_when_it_is_given_up_once()
    {
        Deliver("with the socket");
        Take();
        Deliver("waits");
        _outbound.GiveUp();
        _outbound.GiveUp();
        (_overflows, _outbound.IsGivenUp).ShouldBe((1, true));
        Take()!.ShouldStartWith("{\"error\":\"slow_consumer\"");
        Take().ShouldBeNull();
        Deliver("late").ShouldBeFalse();
    }

    [Fact]
    public void Should_not_be_given_up_when_it_closes_already()
    {
        Deliver("last");
        _outbound.Close();
        _outbound.GiveUp();
        (_overflows, _outbound.IsGivenUp).ShouldBe((0, false));
        Take().ShouldBe("last\n");
    }

    [Fact]
    public void Should_let_a_reader_go_on_when_a_quarter_of_the_bound_waits_what_the_socket_has_included()
    {
        var calls = 0;
        _outbound.WhenSpace(() => calls++);
        calls.ShouldBe(1);
        Deliver(new string('x', 2000));
        _outbound.WhenSpace(() => calls++);
        Take();
        calls.ShouldBe(1);
        Take().ShouldBeNull();
        calls.ShouldBe(2);
    }

    [Fact]
    public void Should_give_back_what_was_not_written_once_and_answer_nobody_for_it_any_more()
    {
        Deliver("1", id: "1");
        Take();
        Deliver("2", id: "2");
        Deliver("none", id: "");
        Take();
        Deliver("3", id: "3");

        // The socket asked for more, so it has written the first one.
        Unread().ShouldBe(["2 0 0", "3 0 0"]);
        Unread().ShouldBeEmpty();
    }

    [Fact]
    public void Should_not_give_back_a_chat_that_it_did_not_take()
    {
        var taken = 0;
        while (Deliver(new string('x', 500), id: $"{taken + 1}"))
            taken++;
        Unread().Count.ShouldBe(taken);
    }

    private static Outbound Of(int limit) => new(limit, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!));

    /// <summary>Id, origin and tries of each.</summary>
    private List<string> Unread()
    {
        List<string> all = [];
        var reader = new LinkEntryReader(_outbound.TakeUnread());
        while (reader.TryRead(out var entry))
        {
            var chat = LinkEntry.ReadChat(entry);
            all.Add($"{Encoding.UTF8.GetString(chat.Id)} {chat.Origin} {chat.Attempt}");
        }

        return all;
    }

    private bool Deliver(string text, string id) => _outbound.TryDeliver(DeliveryFormat.Text, new ChatView
    {
        Origin = 1,
        Time = 1,
        IsTyped = false,
        Attempt = 2,
        Sender = "a"u8,
        Recipient = "b"u8,
        Id = Encoding.UTF8.GetBytes(id),
        Content = Encoding.UTF8.GetBytes(text),
    });

    private bool Deliver(string text) => _outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", text, 1, ""));

    private string? Take() => _outbound.TryTake(out var bytes) == Outbound.Take.Bytes ? Encoding.UTF8.GetString(bytes.ToArray()) : null;
}
