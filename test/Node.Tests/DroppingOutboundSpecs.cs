using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Tests;

/// <summary>What a slow client still gets when the rest is dropped.</summary>
public class DroppingOutboundSpecs
{
    private const int PartSize = 64 * 1024;
    private readonly Outbound _outbound = new(1024 * 1024, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!));

    [Fact]
    public void Should_write_to_its_end_only_the_line_that_the_socket_has_the_beginning_of()
    {
        var lines = Enumerable.Range(0, 5).Select(i => new string((char)('a' + i), 50_000) + "\n").ToList();
        lines.ForEach(Deliver);
        var given = Take();
        given.ShouldBe(string.Concat(lines)[..PartSize]);
        _outbound.GiveUp();
        _outbound.Waiting.ShouldBeInRange(100_002, 100_200, "the first part, the end of the second line, and the last line");

        var all = given + Take() + Take();

        all.ShouldStartWith(lines[0] + lines[1] + "{\"error\":\"slow_consumer\"");
        all.Length.ShouldBeLessThan(100_200);
        Take().ShouldBeEmpty();
        Unread().ShouldBe(["aa", "bb", "cc", "dd", "ee"], "how much of it arrived is not known");
    }

    [Fact]
    public void Should_write_none_of_the_lines_that_the_socket_has_nothing_of()
    {
        Deliver(new string('a', PartSize - 1) + "\n");
        Deliver("bb\n");
        var given = Take();
        given.Length.ShouldBe(PartSize);
        _outbound.GiveUp();
        Take().ShouldStartWith("{\"error\":\"slow_consumer\"");
        Take().ShouldBeEmpty();
        Unread().ShouldBe(["aa", "bb"]);
    }

    private void Deliver(string line) => _outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", line[..^1], 1, line[..2])).ShouldBeTrue();

    private string Take() => _outbound.TryTake(out var bytes) == Outbound.Take.Bytes ? Encoding.UTF8.GetString(bytes.Span) : "";

    private List<string> Unread()
    {
        List<string> all = [];
        var reader = new LinkEntryReader(_outbound.TakeUnread());
        while (reader.TryRead(out var entry))
            all.Add(Encoding.UTF8.GetString(LinkEntry.ReadChat(entry).Id));
        return all;
    }
}
