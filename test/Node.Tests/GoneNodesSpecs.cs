using ChatAkka.Node.Links;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

public class GoneNodesSpecs
{
    private readonly Clock _clock = new();

    [Fact]
    public void Should_know_a_node_that_is_gone_for_as_long_as_the_view_of_the_cluster_may_name_it()
    {
        var gone = new GoneNodes(_clock);
        gone.Add(Node(1), _ => true);
        gone.Add(Node(2), _ => true);
        _clock.Pass(GoneNodes.Age);
        gone.Add(Node(3), _ => false);
        gone.Contains(Node(1)).ShouldBeTrue();
        _clock.Pass(TimeSpan.FromMilliseconds(1));
        gone.Add(Node(4), n => n == Node(2));
        gone.Contains(Node(1)).ShouldBeFalse();
        gone.Contains(Node(2)).ShouldBeTrue();
        gone.Contains(Node(3)).ShouldBeTrue();
        gone.Contains(new NodeId("h", 3, 4)).ShouldBeFalse();
    }

    [Fact]
    public void Should_stay_small_however_many_nodes_go()
    {
        var gone = new GoneNodes(_clock);
        for (var i = 0; i < 1000; i++)
        {
            gone.Add(Node(i), _ => false);
            _clock.Pass(GoneNodes.Age / 10);
        }

        gone.Count.ShouldBeLessThanOrEqualTo(11);
    }

    private static NodeId Node(int uid) => new("h", 1, uid);

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
