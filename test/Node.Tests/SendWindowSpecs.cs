using System.Text;
using ChatAkka.Node.Links;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class SendWindowSpecs
{
    private static readonly LinkSettings s_settings = new(
        WindowBytes: 4096,
        WindowEntries: 64,
        FrameBytes: 512,
        FramesInFlight: 3,
        ResendAfter: TimeSpan.FromSeconds(1),
        AckDelay: TimeSpan.FromMilliseconds(20),
        RelaySilence: TimeSpan.FromSeconds(2));

    private abstract record Op
    {
        public sealed record Add(int Size) : Op;

        public sealed record Send : Op;

        public sealed record Ack(int Share) : Op;

        public sealed record Rewind : Op;
    }

    [Fact]
    public void Should_send_every_entry_in_order_and_keep_it_until_it_is_acknowledged()
    {
        var ops = Gen.Frequency(
            (5, Gen.Int[0, 700].Select(n => (Op)new Op.Add(n))),
            (4, Gen.Const((Op)new Op.Send())),
            (2, Gen.Int[0, 100].Select(n => (Op)new Op.Ack(n))),
            (1, Gen.Const((Op)new Op.Rewind()))).Array[0, 300];
        ops.Sample(Run);
    }

    [Fact]
    public void Should_refuse_an_entry_past_the_window_and_take_it_after_an_acknowledgement()
    {
        var window = new SendWindow(s_settings);
        while (window.TryAppend(Chat(100)) != 0)
        {
        }

        window.HasSpace.ShouldBeFalse();
        window.NextFrame();
        window.NextFrame();
        window.NextFrame();
        window.CanSend.ShouldBeFalse("only so many frames are on their way");
        window.Acknowledge(window.Sent);
        window.TryAppend(Chat(100)).ShouldBe(window.Last);
    }

    [Fact]
    public void Should_take_one_entry_longer_than_a_frame_and_send_it_alone()
    {
        var window = new SendWindow(s_settings);
        window.TryAppend(Chat(1)).ShouldBe(1);
        window.TryAppend(Chat(3000)).ShouldBe(2);
        window.TryAppend(Chat(1)).ShouldBe(3);
        window.NextFrame().Count.ShouldBe(1);
        window.NextFrame().Count.ShouldBe(1);
        window.NextFrame().Count.ShouldBe(1);
    }

    [Fact]
    public void Should_take_a_late_acknowledgement_after_it_went_back()
    {
        var window = new SendWindow(s_settings);
        window.TryAppend(Chat(1));
        window.TryAppend(Chat(1));
        window.NextFrame();
        window.Rewind();
        window.Acknowledge(2);
        window.CanSend.ShouldBeFalse();
        window.Acknowledge(99);
        window.Acknowledged.ShouldBe(2, "an acknowledgement of what was never sent changes nothing");
    }

    [Fact]
    public void Should_send_again_as_much_as_ever_when_it_went_back()
    {
        var window = new SendWindow(s_settings);
        while (window.TryAppend(Chat(100)) != 0)
        {
        }

        for (var frame = 0; frame < s_settings.FramesInFlight; frame++)
            window.NextFrame();
        window.CanSend.ShouldBeFalse();
        window.Rewind();
        window.CanSend.ShouldBeTrue();
    }

    [Fact]
    public void Should_take_an_entry_longer_than_the_window_when_nothing_else_is_in_it()
    {
        var window = new SendWindow(s_settings);
        window.TryAppend(Chat(2 * s_settings.WindowBytes)).ShouldBe(1);
        window.TryAppend(Chat(1)).ShouldBe(0);
        window.NextFrame();
        window.Acknowledge(1);
        window.TryAppend(Chat(1)).ShouldBe(2);
    }

    [Fact]
    public void Should_keep_every_entry_when_there_are_more_than_it_first_has_space_for()
    {
        var window = new SendWindow(s_settings with { WindowBytes = 1024 * 1024, WindowEntries = 1000 });
        for (var i = 1; i <= 600; i++)
        {
            window.TryAppend(Chat($"{i}")).ShouldBe(i);
            if (i % 10 != 0)
                continue;
            window.NextFrame();
            window.Acknowledge(window.Acknowledged + 1);
        }

        window.Acknowledged.ShouldBe(60);
        for (var number = window.Acknowledged + 1; number <= window.Last; number++)
            Encoding.UTF8.GetString(LinkEntry.ReadChat(window[number]).Content).ShouldBe($"{number}");
    }

    private static void Run(Op[] ops)
    {
        var window = new SendWindow(s_settings);
        var model = new List<string>();
        long next = 1;
        foreach (var op in ops)
        {
            switch (op)
            {
                case Op.Add add:
                    var text = $"{model.Count}:{new string('x', add.Size)}";
                    if (window.TryAppend(Chat(text)) != 0)
                        model.Add(text);
                    break;
                case Op.Send when window.CanSend:
                    var (first, count, bytes) = window.NextFrame();
                    first.ShouldBe(next);
                    count.ShouldBeGreaterThan(0);
                    (bytes.Length <= s_settings.FrameBytes || count == 1).ShouldBeTrue();
                    var reader = new LinkEntryReader(bytes.Span);
                    while (reader.TryRead(out var entry))
                        Encoding.UTF8.GetString(LinkEntry.ReadChat(entry).Content).ShouldBe(model[(int)next++ - 1]);
                    next.ShouldBe(first + count);
                    break;
                case Op.Ack ack:
                    window.Acknowledge(window.Acknowledged + ((window.Sent - window.Acknowledged) * ack.Share / 100));
                    break;
                case Op.Rewind:
                    window.Rewind();
                    next = window.Acknowledged + 1;
                    break;
            }

            for (var number = window.Acknowledged + 1; number <= window.Last; number++)
                Encoding.UTF8.GetString(LinkEntry.ReadChat(window[number]).Content).ShouldBe(model[(int)number - 1]);
        }
    }

    private static ChatView Chat(int size) => Chat(new string('x', size));

    private static ChatView Chat(string content) => TestChats.Chat("alice", "bob", content, origin: 1, id: "");
}
