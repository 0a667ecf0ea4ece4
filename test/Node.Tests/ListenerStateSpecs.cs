using ChatAkka.Node.Clients;
using ChatAkka.Protocol;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class ListenerStateSpecs
{
    [Fact]
    public void Should_refuse_with_a_line_up_to_the_bound_and_without_one_above_it_when_it_is_full()
    {
        var state = new ListenerState<int>(cap: 1, mostRefusals: 2);
        state.Decide().ShouldBe(IncomingDecision.Accept);
        state.Connections.Add(1);
        state.Decide().ShouldBe(IncomingDecision.Refuse);
        state.Decide().ShouldBe(IncomingDecision.Refuse);
        state.Decide().ShouldBe(IncomingDecision.Drop);
        state.EndRefusal();
        state.Decide().ShouldBe(IncomingDecision.Refuse);
        state.Decide().ShouldBe(IncomingDecision.Drop);
        state.RefusesWith.ShouldBe(ErrorCode.ServerFull);
        state.Offered.ShouldBe(1, "other nodes are told the cap, and how many are open");
    }

    [Fact]
    public void Should_accept_nobody_and_offer_nothing_during_a_drain()
    {
        var state = new ListenerState<int>(cap: 3, mostRefusals: 2);
        state.Drain.SetPace(1);
        state.Decide().ShouldBe(IncomingDecision.Refuse);
        state.Offered.ShouldBe(0);
        state.Drain.SetPace(0);
        state.Decide().ShouldBe(IncomingDecision.Accept);
        state.Offered.ShouldBe(3);
    }

    [Fact]
    public void Should_accept_nobody_again_and_tell_the_reason_when_it_closes()
    {
        var state = new ListenerState<int>(cap: 3, mostRefusals: 2);
        state.Connections.Add(1);
        state.Close(ErrorCode.CutOff);
        state.Decide().ShouldBe(IncomingDecision.Refuse);
        state.RefusesWith.ShouldBe(ErrorCode.CutOff);
        state.Offered.ShouldBe(0);
        state.IsClosed.ShouldBeFalse("one connection is left");
        state.Connections.BeginClosing(1, out _);
        state.IsClosed.ShouldBeFalse("it is closing");
        state.Connections.Remove(1);
        state.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void Should_not_be_closed_when_nobody_asked_for_it() => new ListenerState<int>(1, 1).IsClosed.ShouldBeFalse();

    /// <summary>Whatever happens: never more open connections than the cap, never more refusals than the bound, nobody during a drain or at the end.</summary>
    [Fact]
    public void Should_keep_its_bounds_whatever_happens() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3]).Select(Gen.Int[0, 99].Array[0, 150]).Sample((bounds, choices) =>
        {
            var (cap, mostRefusals) = bounds;
            var state = new ListenerState<int>(cap, mostRefusals);
            var (open, refusals, drains, closes, last) = (new List<int>(), 0, false, false, 0);
            foreach (var choice in choices)
            {
                switch (choice)
                {
                    case < 60:
                        var expected = open.Count < cap && !drains && !closes ? IncomingDecision.Accept
                            : refusals < mostRefusals ? IncomingDecision.Refuse : IncomingDecision.Drop;
                        state.Decide().ShouldBe(expected);
                        if (expected == IncomingDecision.Refuse)
                            refusals++;
                        if (expected != IncomingDecision.Accept)
                            break;
                        state.Connections.Add(++last);
                        open.Add(last);
                        break;
                    case < 75 when open.Count > 0:
                        state.Connections.Remove(open[choice % open.Count]);
                        open.RemoveAt(choice % open.Count);
                        break;
                    case < 85 when refusals > 0:
                        state.EndRefusal();
                        refusals--;
                        break;
                    case < 97:
                        drains = choice % 2 == 0;
                        state.Drain.SetPace(drains ? 10 : 0);
                        break;
                    case 99:
                        closes = true;
                        state.Close(ErrorCode.ServerClosing);
                        break;
                }

                state.Offered.ShouldBe(drains || closes ? 0 : cap);
                state.IsClosed.ShouldBe(closes && open.Count == 0);
                state.RefusesWith.ShouldBe(closes ? ErrorCode.ServerClosing : ErrorCode.ServerFull);
            }
        });
}
