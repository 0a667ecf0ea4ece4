using ChatAkka.Node.Clients;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class ConnectionCapSpecs
{
    [Fact]
    public void Should_be_full_at_the_cap_and_count_no_closing_connection()
    {
        var cap = new ConnectionCap<int>(2);
        cap.Add(1);
        cap.IsFull.ShouldBeFalse();
        cap.Add(2);
        cap.IsFull.ShouldBeTrue();
        cap.BeginClosing(1, out _).ShouldBeFalse();
        cap.IsFull.ShouldBeFalse();
        cap.IsEmpty.ShouldBeFalse("it is still there");
    }

    [Fact]
    public void Should_cut_off_the_one_that_began_to_close_first_when_too_many_close()
    {
        var cap = new ConnectionCap<int>(1);
        cap.Add(1);
        cap.BeginClosing(1, out _).ShouldBeFalse();
        cap.Add(2);
        cap.BeginClosing(2, out var cutOff).ShouldBeTrue();
        cutOff.ShouldBe(1);
        cap.Contains(1).ShouldBeTrue("its actor has not ended");
        cap.Closing.ShouldBe(1);
        cap.Remove(1);
        cap.Contains(1).ShouldBeFalse();
    }

    [Fact]
    public void Should_change_nothing_when_a_connection_begins_to_close_twice_or_is_not_there()
    {
        var cap = new ConnectionCap<int>(1);
        cap.Add(1);
        for (var i = 0; i < 3; i++)
            cap.BeginClosing(1, out _).ShouldBeFalse();
        cap.BeginClosing(7, out _).ShouldBeFalse();
        cap.Closing.ShouldBe(1);
        cap.Remove(1).ShouldBeFalse("it was not open any more");
        cap.Remove(1).ShouldBeFalse();
        cap.IsEmpty.ShouldBeTrue();
    }

    /// <summary>Against a plain list: what comes, closes and ends in any order.</summary>
    [Fact]
    public void Should_do_as_a_plain_list_does_whatever_comes_closes_and_ends() =>
        Gen.Int[1, 5].Select(Gen.Int[0, 99].Array[0, 120]).Sample((most, choices) =>
        {
            var cap = new ConnectionCap<int>(most);
            var (all, open, closing) = (new List<int>(), new List<int>(), new List<int>());
            var last = 0;
            foreach (var choice in choices)
            {
                if (choice < 40)
                {
                    if (cap.IsFull)
                        continue;
                    cap.Add(++last);
                    all.Add(last);
                    open.Add(last);
                }
                else if (all.Count > 0 && choice < 75)
                {
                    var one = all[choice % all.Count];
                    var isNew = open.Remove(one);
                    if (isNew)
                        closing.Add(one);
                    var mustCut = closing.Count > most;
                    cap.BeginClosing(one, out var cutOff).ShouldBe(mustCut);
                    if (mustCut)
                    {
                        cutOff.ShouldBe(closing[0]);
                        closing.RemoveAt(0);
                    }
                }
                else if (all.Count > 0)
                {
                    var one = all[choice % all.Count];
                    cap.Remove(one).ShouldBe(open.Remove(one));
                    all.Remove(one);
                    closing.Remove(one);
                }

                cap.Open.ShouldBe(open, ignoreOrder: true);
                cap.Closing.ShouldBe(closing.Count);
                cap.Closing.ShouldBeLessThanOrEqualTo(most);
                cap.IsFull.ShouldBe(open.Count == most);
                cap.IsEmpty.ShouldBe(all.Count == 0);
                for (var i = 1; i <= last; i++)
                    cap.Contains(i).ShouldBe(all.Contains(i));
            }
        });
}
