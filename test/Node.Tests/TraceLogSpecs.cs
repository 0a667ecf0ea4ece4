using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

/// <summary>The ring that remembers what happened to messages.</summary>
public class TraceLogSpecs
{
    private readonly TraceLog _trace = new(TimeProvider.System);

    [Fact]
    public void Should_find_what_happened_to_a_message_in_order_and_nothing_else()
    {
        _trace.Note("\"a\""u8, HopKind.Arrived, other: new NodeId("h", 1, 2));
        _trace.Note("\"b\""u8, HopKind.Arrived);
        _trace.Note("\"a\""u8, HopKind.Delivered, 5);

        _trace.Find("\"a\""u8).Select(h => h.Kind).ShouldBe([HopKind.Arrived, HopKind.Delivered]);
    }

    [Fact]
    public void Should_put_the_acceptance_first_where_its_thread_came_late()
    {
        _trace.Note("1"u8, HopKind.Delivered, 5, time: 1000);
        _trace.Note("1"u8, HopKind.Accepted, 5, time: 1000);

        _trace.Find("1"u8).Select(h => h.Kind).ShouldBe([HopKind.Accepted, HopKind.Delivered]);
    }

    [Fact]
    public void Should_remember_nothing_of_messages_without_an_id() => _trace.ShouldSatisfyAllConditions(
        t => t.Note([], HopKind.Accepted),
        t => t.Find([]).ShouldBeEmpty());

    [Fact]
    public void Should_forget_the_oldest_when_it_is_full()
    {
        _trace.Note("1"u8, HopKind.Accepted);
        for (var i = 0; i < TraceLog.MostInRing - 1; i++)
            _trace.Note("2"u8, HopKind.Accepted);
        _trace.Find("1"u8).Count.ShouldBe(1);
        _trace.Note("3"u8, HopKind.Accepted);
        _trace.Find("1"u8).ShouldBeEmpty();
    }

    [Fact]
    public async Task Should_bear_many_writers()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            var id = System.Text.Encoding.ASCII.GetBytes($"{n}");
            for (var i = 0; i < 1000; i++)
                _trace.Note(id, HopKind.Accepted, i);
        })));

        for (var n = 0; n < 8; n++)
            _trace.Find(System.Text.Encoding.ASCII.GetBytes($"{n}")).Count.ShouldBe(1000);
    }
}
