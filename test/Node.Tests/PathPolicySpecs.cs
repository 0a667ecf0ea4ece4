using ChatAkka.Node.Links;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>The choice of a link's path, on a clock that the test moves.</summary>
/// <remarks>Faults that the properties must find are in <c>test/Faults/list/links.txt</c>.</remarks>
public class PathPolicySpecs
{
    private static readonly TimeSpan s_fallback = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly PathDecision s_directAgain = new(PathKind.Direct, true);
    private static readonly PathDecision s_relayAgain = new(PathKind.ThroughRelay, true);
    private static readonly PathDecision s_direct = new(PathKind.Direct, false);
    private static readonly PathDecision s_relay = new(PathKind.ThroughRelay, false);

    private enum Event
    {
        RelayBecameUsable,
        RelayBecameUnusable,
        TargetStarted,
        TargetDisconnected,
        NotAcknowledged,
        TimePassed,
    }

    [Fact]
    public void Should_go_through_the_relay_while_one_is_usable_and_send_again_at_each_change()
    {
        var path = new PathPolicy(throughRelay: true, s_fallback);
        path.Current.ShouldBe(PathKind.Direct);
        path.RelayBecameUsable().ShouldBe(s_relayAgain);
        path.RelayBecameUsable().ShouldBe(s_relayAgain, "it is another relay: frames in flight through the one of before may be lost");
        path.RelayBecameUnusable().ShouldBe(s_directAgain);
        path.RelayBecameUnusable().ShouldBe(s_direct);
    }

    [Fact]
    public void Should_never_leave_the_direct_path_when_routing_is_direct()
    {
        var path = new PathPolicy(throughRelay: false, s_fallback);
        path.RelayBecameUsable().ShouldBe(s_direct);
        path.NotAcknowledged(s_second).ShouldBe(s_directAgain);
        path.IsFallback.ShouldBeFalse("there is nothing to return to");
        path.RelayBecameUnusable().ShouldBe(s_direct);
    }

    [Fact]
    public void Should_try_both_paths_in_turns_when_no_acknowledgement_comes()
    {
        var path = Through();
        path.NotAcknowledged(s_second).ShouldBe(s_directAgain);
        path.IsFallback.ShouldBeTrue();
        path.NotAcknowledged(s_second * 2).ShouldBe(s_relayAgain);
        path.IsFallback.ShouldBeFalse();
        path.NotAcknowledged(s_second * 3).ShouldBe(s_directAgain);
    }

    [Fact]
    public void Should_return_to_the_relay_when_the_fallback_time_is_over_and_not_before()
    {
        var path = Through();
        path.NotAcknowledged(s_second);
        path.TimePassed(s_fallback).ShouldBe(s_direct);
        path.TimePassed(s_second + s_fallback).ShouldBe(s_relay);
        path.TimePassed(s_second + (s_fallback * 2)).ShouldBe(s_relay);
    }

    [Fact]
    public void Should_end_the_fallback_when_what_was_wrong_may_be_over()
    {
        foreach (var end in (Func<PathPolicy, PathDecision>[])[p => p.TargetStarted(), p => p.TargetDisconnected(), p => p.RelayBecameUsable()])
        {
            var path = Through();
            path.NotAcknowledged(s_second);
            end(path).ShouldBe(s_relayAgain);
            path.IsFallback.ShouldBeFalse();
        }
    }

    /// <summary>The rules said over the whole history, for every order of events.</summary>
    [Fact]
    public void Should_keep_the_rules_whatever_happens_and_when() =>
        Gen.Select(Gen.Bool, Gen.Select(Gen.Enum<Event>(), Gen.Int[0, 12]).Array[1, 40]).Sample((throughRelay, steps) =>
        {
            var path = new PathPolicy(throughRelay, s_fallback);
            List<(Event What, TimeSpan When)> history = [];
            var now = s_second;
            foreach (var (what, seconds) in steps)
            {
                now += seconds * s_second;
                history.Add((what, now));
                var before = path.Current;
                var decision = Tell(path, what, now);
                path.Current.ShouldBe(decision.Path);
                var (isRelay, isFallback) = Rules(throughRelay, history);
                decision.Path.ShouldBe(isRelay ? PathKind.ThroughRelay : PathKind.Direct);
                path.IsFallback.ShouldBe(isFallback);
                decision.SendsAgain.ShouldBe(what switch
                {
                    Event.TimePassed => false,
                    Event.RelayBecameUsable => throughRelay,
                    Event.RelayBecameUnusable => before != decision.Path,
                    _ => true,
                });
            }

            return true;
        }, iter: 5_000);

    /// <summary>What matters in the end: while one of the two paths works, a link does not stay on the other one.</summary>
    [Fact]
    public void Should_never_stay_on_a_path_that_does_not_work_when_the_other_one_does() =>
        Gen.Select(Gen.Select(Gen.Enum<Event>(), Gen.Int[0, 12]).Array[0, 20], Gen.Enum<PathKind>()).Sample((steps, works) =>
        {
            var path = new PathPolicy(throughRelay: true, s_fallback);
            var now = s_second;
            foreach (var (what, seconds) in steps)
                Tell(path, what, now += seconds * s_second);
            if (works == PathKind.ThroughRelay)
                path.RelayBecameUsable();
            var (lost, isLost) = (0, false);
            for (var check = 0; check < 100; check++)
            {
                now += s_second;
                var wasLost = isLost;
                isLost = path.Current != works;
                (isLost && wasLost).ShouldBeFalse("two checks in a row");
                lost += isLost ? 1 : 0;
                _ = isLost ? path.NotAcknowledged(now) : path.TimePassed(now);
            }

            lost.ShouldBeLessThanOrEqualTo(works == PathKind.ThroughRelay ? 0 : 11, "the relay is tried once each fallback time");
            return true;
        }, iter: 2_000);

    private static PathPolicy Through()
    {
        var path = new PathPolicy(throughRelay: true, s_fallback);
        path.RelayBecameUsable();
        return path;
    }

    private static PathDecision Tell(PathPolicy path, Event what, TimeSpan now) => what switch
    {
        Event.RelayBecameUsable => path.RelayBecameUsable(),
        Event.RelayBecameUnusable => path.RelayBecameUnusable(),
        Event.TargetStarted => path.TargetStarted(),
        Event.TargetDisconnected => path.TargetDisconnected(),
        Event.NotAcknowledged => path.NotAcknowledged(now),
        _ => path.TimePassed(now),
    };

    /// <summary>Looks back: is a relay usable, and was the last try since the last new start one of the direct path, whose time is not over?</summary>
    private static (bool IsRelay, bool IsFallback) Rules(bool throughRelay, List<(Event What, TimeSpan When)> history)
    {
        var relay = history.FindLastIndex(e => e.What is Event.RelayBecameUsable or Event.RelayBecameUnusable);
        if (!throughRelay || relay < 0 || history[relay].What == Event.RelayBecameUnusable)
            return (false, false);
        var start = history.FindLastIndex(e => e.What is Event.RelayBecameUsable or Event.TargetStarted or Event.TargetDisconnected);
        TimeSpan? fallback = null;
        foreach (var (what, when) in history.Skip(start))
        {
            if (what == Event.NotAcknowledged)
                fallback = fallback is null ? when : null;
            else if (when - fallback >= s_fallback)
                fallback = null;
        }

        return (fallback is null, fallback is not null);
    }
}
