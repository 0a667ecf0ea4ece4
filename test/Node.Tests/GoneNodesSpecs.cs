using ChatAkka.Node.Links;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

public class GoneNodesSpecs
{
    private static readonly TimeSpan s_age = TimeSpan.FromHours(1);

    private readonly ManualTime _clock = new();

    [Fact]
    public void Should_know_a_node_that_is_gone_for_as_long_as_the_view_of_the_cluster_may_name_it()
    {
        var gone = new GoneNodes(s_age, _clock);
        gone.Add(Node(1), _ => true);
        gone.Add(Node(2), _ => true);
        _clock.Advance(s_age);
        gone.Add(Node(3), _ => false);
        gone.Contains(Node(1)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        gone.Add(Node(4), n => n == Node(2));
        gone.Contains(Node(1)).ShouldBeFalse();
        gone.Contains(Node(2)).ShouldBeTrue();
        gone.Contains(Node(3)).ShouldBeTrue();
        gone.Contains(new NodeId("h", 3, 4)).ShouldBeFalse();
    }

    [Fact]
    public void Should_forget_the_oldest_that_the_cluster_does_not_name_when_too_many_nodes_go_at_once()
    {
        var gone = new GoneNodes(s_age, _clock);
        for (var i = 0; i <= GoneNodes.Most; i++)
        {
            gone.Add(Node(i), n => n == Node(0));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        gone.Count.ShouldBe(GoneNodes.Most);
        gone.Contains(Node(0)).ShouldBeTrue("the cluster names it");
        gone.Contains(Node(1)).ShouldBeFalse("it is the oldest of the others");
        gone.Contains(Node(2)).ShouldBeTrue();
        gone.Add(Node(2), n => n == Node(0));
        gone.Add(Node(GoneNodes.Most + 1), n => n == Node(0));
        gone.Contains(Node(2)).ShouldBeTrue("it was just named again");
        gone.Contains(Node(3)).ShouldBeFalse();
    }

    [Fact]
    public void Should_stay_small_when_nodes_go_for_a_long_time()
    {
        var gone = new GoneNodes(s_age, _clock);
        for (var i = 0; i < 1000; i++)
        {
            gone.Add(Node(i), _ => false);
            _clock.Advance(s_age / 10);
        }

        gone.Count.ShouldBeLessThanOrEqualTo(11);
    }

    private static NodeId Node(int uid) => new("h", 1, uid);
}
