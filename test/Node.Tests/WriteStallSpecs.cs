using ChatAkka.Node.Connections;
using ChatAkka.Protocol.Client;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

public class WriteStallSpecs
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private readonly ManualTime _time = new();
    private readonly Outbound _outbound = new(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!));
    private readonly WriteStall _stall;

    public WriteStallSpecs() => _stall = new WriteStall(_outbound, _time);

    [Fact]
    public void Should_count_from_the_first_look_at_bytes_that_wait_until_the_socket_asks_for_more()
    {
        Pass(5).ShouldBe(0);
        Deliver();
        Pass(1).ShouldBe(0);
        Pass(1).ShouldBe(1);
        Deliver();
        Pass(1).ShouldBe(2);
        _outbound.TryTake(out _);
        Pass(1).ShouldBe(0);
        Pass(1).ShouldBe(1);
        _outbound.TryTake(out _);
        Pass(1).ShouldBe(0);
        Pass(9).ShouldBe(0);
    }

    [Fact]
    public void Should_count_no_time_in_which_the_process_was_suspended()
    {
        Deliver();
        Pass(1).ShouldBe(0);
        _time.Advance(TimeSpan.FromHours(1));
        _stall.Measure(s_second).ShouldBe(s_second);
    }

    private void Deliver() => _outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", "x", 1, ""));

    /// <summary>Looks after each of some seconds, and gives the last result.</summary>
    private double Pass(int seconds)
    {
        var stalled = TimeSpan.Zero;
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(s_second);
            stalled = _stall.Measure(s_second);
        }

        return stalled.TotalSeconds;
    }
}
