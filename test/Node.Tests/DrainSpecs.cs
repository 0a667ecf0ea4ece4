using ChatAkka.Node.Clients;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class DrainSpecs
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Should_send_nobody_away_when_there_is_no_drain()
    {
        var drain = new Drain<int>();
        drain.Next(s_tick, [1, 2]).ShouldBeEmpty();
        drain.SetPace(10);
        drain.SetPace(0);
        drain.Next(s_tick, [1, 2]).ShouldBeEmpty();
        drain.IsActive.ShouldBeFalse();
    }

    [Fact]
    public void Should_send_the_first_client_away_at_once_and_the_others_at_the_pace()
    {
        var drain = new Drain<int>();
        drain.SetPace(5);
        int[] open = [1, 2, 3];
        var moved = Enumerable.Range(0, 6).Select(_ => drain.Next(s_tick, open).Count).ToList();

        // One at once, then one each 200 ms: five a second.
        moved.ShouldBe([1, 1, 0, 1, 0, 0]);
        drain.Moved.ShouldBe(3);
    }

    [Fact]
    public void Should_begin_to_count_anew_with_each_drain_but_not_with_a_change_of_the_pace()
    {
        var drain = new Drain<int>();
        drain.SetPace(1000);
        drain.Next(s_tick, [1, 2, 3]).ShouldBe([1, 2, 3], ignoreOrder: true);
        drain.SetPace(500);
        drain.Moved.ShouldBe(3);
        drain.SetPace(0);
        drain.Moved.ShouldBe(3, "operators see it after the drain, too");
        drain.SetPace(500);
        drain.Moved.ShouldBe(0);
    }

    [Fact]
    public void Should_tell_a_connection_again_only_after_it_was_forgotten()
    {
        var drain = new Drain<int>();
        drain.SetPace(1000);
        drain.Next(s_tick, [1]).ShouldBe([1]);
        drain.Next(s_tick, [1]).ShouldBeEmpty();
        drain.Forget(1);
        drain.Next(s_tick, [1]).ShouldBe([1]);
    }

    /// <summary>Connections come at any time. Each is told once, never faster than the pace, and all are told in the end.</summary>
    [Fact]
    public void Should_tell_each_client_once_at_most_at_the_pace_and_all_in_the_end() =>
        Gen.Int[1, 40].Select(Gen.Int[0, 8].Array[1, 60]).Sample((pace, arrivals) =>
        {
            var drain = new Drain<int>();
            drain.SetPace(pace);
            var open = new List<int>();
            var told = new HashSet<int>();
            var last = 0;
            var perTick = pace * s_tick.TotalSeconds;

            // An allowance that was not used is kept up to one client, so a group is at most one larger than the pace says.
            foreach (var arriving in arrivals)
            {
                open.AddRange(Enumerable.Range(last, arriving));
                last += arriving;
                Tick(drain, open, told).ShouldBeLessThanOrEqualTo((int)(perTick + 1));
            }

            var before = told.Count;
            var ticks = (int)Math.Ceiling((last - before + 1) / perTick) + 1;
            for (var i = 0; i < ticks; i++)
                Tick(drain, open, told);
            told.Count.ShouldBe(last, "everybody is told in the time that the pace gives");
            drain.Moved.ShouldBe(last);
        });

    private static int Tick(Drain<int> drain, List<int> open, HashSet<int> told)
    {
        var next = drain.Next(s_tick, open);
        foreach (var connection in next)
            told.Add(connection).ShouldBeTrue("told once");
        return next.Count;
    }
}
