using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

public class StreamMarksSpecs
{
    private static readonly NodeId s_node = new("h", 1, 1);

    [Fact]
    public void Should_forget_the_stream_that_was_used_longest_ago_when_there_are_too_many()
    {
        var marks = new StreamMarks();
        for (var stream = 1; stream <= StreamMarks.Most; stream++)
            marks.Set(s_node, stream, 5, []);
        marks.Set(s_node, 1, 9, []);
        marks.Set(s_node, StreamMarks.Most + 1, 5, []);

        marks.All.Count().ShouldBe(StreamMarks.Most);
        marks.Find(s_node, 2).ShouldBeNull();
        marks.Find(s_node, 1)!.UpTo.ShouldBe(9);
        marks.Find(s_node, StreamMarks.Most + 1).ShouldNotBeNull();
        marks.Find(new NodeId("h", 1, 2), 1).ShouldBeNull();
    }
}
