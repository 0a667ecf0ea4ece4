using ChatAkka.Node.Links;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class ReceiveWindowSpecs
{
    [Fact]
    public void Should_take_each_number_once_whatever_frames_come()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 15]).Array[0, 200].Sample(frames =>
        {
            var window = new ReceiveWindow();
            var taken = new List<long>();
            foreach (var (first, count) in frames)
            {
                var skip = window.Skip(first);
                if (skip < 0)
                    continue;
                for (var i = (int)Math.Min(skip, count); i < count; i++)
                {
                    window.Take(ErrorCode.None);
                    taken.Add(first + i);
                    window.Taken.ShouldBe(first + i);
                }
            }

            taken.ShouldBe(Enumerable.Range(1, taken.Count).Select(n => (long)n));
        });
    }

    [Fact]
    public void Should_keep_failures_until_the_origin_has_seen_the_acknowledgement()
    {
        var window = new ReceiveWindow();
        window.Take(ErrorCode.None);
        window.Take(ErrorCode.RecipientOffline);
        window.Take(ErrorCode.Internal);
        window.Seen(1);
        window.Failures.Select(f => f.Number).ShouldBe([2, 3]);
        window.Seen(2);
        window.Failures.Select(f => f.Number).ShouldBe([3]);
    }

    [Fact]
    public void Should_send_back_what_follows_a_chat_that_went_back_until_the_path_was_chosen_anew()
    {
        var rejections = new Rejections();
        rejections.MustReject(To("bob")).ShouldBeFalse();
        rejections.Add(To("bob"), 7);
        rejections.MustReject(To("bob")).ShouldBeTrue();
        rejections.MustReject(To("carol")).ShouldBeFalse();
        rejections.MustReject(To("bob", isFirst: true)).ShouldBeFalse();
        rejections.MustReject(To("bob")).ShouldBeFalse();
    }

    [Fact]
    public void Should_forget_rejections_that_no_chat_under_way_can_concern()
    {
        var rejections = new Rejections();
        for (var i = 0; i < 20_000; i++)
            rejections.Add(To($"u{i}"), i * 100L);
        rejections.Count.ShouldBeLessThan(2000);
        rejections.MustReject(To("u19999")).ShouldBeTrue();
    }

    private static ChatView To(string recipient, bool isFirst = false)
    {
        var chat = TestChats.Chat("alice", recipient, "x", 1, "");
        return new ChatView
        {
            Origin = 1,
            Time = 1,
            IsTyped = false,
            Attempt = 0,
            IsFirst = isFirst,
            Sender = chat.Sender,
            Recipient = chat.Recipient,
            Id = chat.Id,
            Content = chat.Content,
        };
    }
}
