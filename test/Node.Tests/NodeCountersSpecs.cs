using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

public class NodeCountersSpecs
{
    [Fact]
    public void Should_keep_what_became_of_chats_apart_from_lines_that_were_not_accepted()
    {
        var counters = new NodeCounters();
        for (var i = 0; i < 4; i++)
            counters.Accepted();
        counters.Count(ErrorCode.None);
        counters.Delivered(2);
        counters.Count(ErrorCode.RecipientOffline);
        counters.Error(ErrorCode.BadJson);
        counters.ToString().ShouldBe("accepted 4, delivered 3, lines or connections bad_json 1, recipient_offline 1");
    }
}
