using ChatAkka.Node.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class EventTableSpecs
{
    [Fact]
    public void Should_know_what_each_event_holds_whatever_comes_and_goes() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 50], Gen.Bool).Array[0, 100].Sample(steps =>
        {
            var (table, model) = (new EventTable(), new Dictionary<long, List<int>>());
            foreach (var (number, bytes, isRemoval) in steps)
            {
                var live = model.GetValueOrDefault(number) ?? [];
                model[number] = live;
                if (!isRemoval)
                {
                    table.Add(number, 100 + number.GetHashCode(), bytes);
                    live.Add(bytes);
                }
                else if (live.Count > 0)
                {
                    table.Remove(number, live[0]).ShouldBe(live.Count == 1);
                    live.RemoveAt(0);
                }

                var held = model.Where(e => e.Value.Count > 0).OrderBy(e => e.Key).ToList();
                table.Numbers.ShouldBe(held.Select(e => e.Key));
                table.Count.ShouldBe(held.Count);
                table.First.ShouldBe(held.Count == 0 ? null : held[0].Key);
                table.Bytes.ShouldBe(held.Sum(e => 100 + e.Key));
                table.LiveBytes.ShouldBe(held.Sum(e => e.Value.Sum()));
                held.ForEach(e => table.SizeOf(e.Key).ShouldBe(100 + (int)e.Key));
            }
        });

    [Fact]
    public void Should_write_nothing_again_while_the_log_is_at_most_twice_what_waits_and_the_slack()
    {
        var table = new EventTable();
        table.Add(1, 100, 10);
        table.Add(2, 100, 80);
        table.ChooseForCompaction(upTo: 9, slack: 20, budget: 1000).ShouldBeEmpty();
        table.ChooseForCompaction(upTo: 9, slack: 19, budget: 1000).ShouldBe([1]);
    }

    [Fact]
    public void Should_choose_the_oldest_events_of_which_at_most_half_waits_up_to_the_snapshot_and_the_budget()
    {
        var table = new EventTable();
        foreach (var (number, live) in new[] { (1, 50), (2, 51), (3, 1), (4, 1), (5, 1) })
            table.Add(number, 100, live);
        table.ChooseForCompaction(upTo: 9, slack: 0, budget: 1000).ShouldBe([1, 3, 4, 5]);
        table.ChooseForCompaction(upTo: 4, slack: 0, budget: 1000).ShouldBe([1, 3, 4]);
        table.ChooseForCompaction(upTo: 9, slack: 0, budget: 101).ShouldBe([1, 3]);
        table.ChooseForCompaction(upTo: 9, slack: 0, budget: 100).ShouldBe([1]);
    }
}
