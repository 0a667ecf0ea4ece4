using Akka.Actor;
using ChatAkka.Node.Links;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>Which relay acts and whether it is usable, on a clock that the test moves.</summary>
public class ActingRelaySpecs
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_instant = TimeSpan.FromTicks(1);
    private readonly ActingRelay _relay = new(s_silence);

    [Fact]
    public void Should_use_a_relay_that_sent_a_heartbeat_and_the_one_of_the_later_term()
    {
        var (first, next) = (new FakeRelay(1), new FakeRelay(2));
        _relay.Usable.ShouldBeNull();
        _relay.Heard(first, 5, default).ShouldBeTrue();
        _relay.Heard(first, 5, default).ShouldBeFalse("nothing changed");
        _relay.Usable.ShouldBe(first);
        _relay.Heard(next, 6, default).ShouldBeTrue();
        _relay.Usable.ShouldBe(next);
        _relay.IsStaleTerm(5).ShouldBeTrue();
        _relay.IsStaleTerm(6).ShouldBeFalse();
    }

    [Fact]
    public void Should_doubt_a_relay_whose_connection_is_lost_until_its_next_heartbeat()
    {
        var relay = new FakeRelay(1);
        _relay.Doubt(relay.Path.Address).ShouldBeFalse("there is none");
        _relay.Heard(relay, 5, default);
        _relay.Doubt(new FakeRelay(2).Path.Address).ShouldBeFalse("that is another process");
        _relay.Doubt(relay.Path.Address).ShouldBeTrue();
        _relay.Usable.ShouldBeNull();
        _relay.Doubt(relay.Path.Address).ShouldBeFalse("it is doubted already");
        _relay.Heard(relay, 5, default).ShouldBeTrue();
        _relay.Usable.ShouldBe(relay);
    }

    [Fact]
    public void Should_doubt_a_relay_that_is_silent_for_too_long()
    {
        _relay.CheckSilence(s_silence * 2).ShouldBeFalse("there is none");
        _relay.Heard(new FakeRelay(1), 5, s_silence);
        _relay.CheckSilence(s_silence * 2).ShouldBeFalse();
        _relay.CheckSilence((s_silence * 2) + s_instant).ShouldBeTrue();
        _relay.Usable.ShouldBeNull();
        _relay.CheckSilence(s_silence * 3).ShouldBeFalse("it is doubted already");
    }

    [Fact]
    public void Should_forget_a_relay_that_has_ended_and_no_other()
    {
        var relay = new FakeRelay(1);
        _relay.Heard(relay, 5, default);
        _relay.Ended(new FakeRelay(2)).ShouldBeFalse();
        _relay.Ended(relay).ShouldBeTrue();
        _relay.Relay.ShouldBeNull();
        _relay.IsStaleTerm(4).ShouldBeTrue("its term still counts");
    }

    /// <summary>The rule said over the whole history: a relay is usable if it sent the last heartbeat that was not stale, and nothing was against it
    /// since.</summary>
    [Fact]
    public void Should_use_the_last_relay_that_was_heard_unless_something_was_against_it_since() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 3000]).Array[1, 40].Sample(steps =>
        {
            var acting = new ActingRelay(s_silence);
            var relays = new FakeRelay[] { new(0), new(1), new(2) };
            var now = TimeSpan.FromSeconds(1);
            var (heardAt, heard, isAgainst) = (now, (IActorRef?)null, false);
            long term = 0;
            foreach (var (kind, number, pause) in steps)
            {
                now += TimeSpan.FromMilliseconds(pause);
                var (before, relay) = (acting.Usable, relays[number]);
                var changed = false;
                switch (kind)
                {
                    case 0:
                        // Each relay draws a later term than the one before it.
                        term += relay.Equals(heard) ? 0 : 1;
                        changed = acting.Heard(relay, term, now);
                        (heardAt, heard, isAgainst) = (now, relay, false);
                        break;
                    case 1:
                        changed = acting.Ended(relay);
                        isAgainst |= relay.Equals(heard);
                        break;
                    case 2:
                        changed = acting.Doubt(relay.Path.Address);
                        isAgainst |= relay.Equals(heard);
                        break;
                    case 3:
                        changed = acting.CheckSilence(now);
                        isAgainst |= now - heardAt > s_silence;
                        break;
                }

                acting.Usable.ShouldBe(isAgainst ? null : heard);
                changed.ShouldBe(!Equals(before, acting.Usable), "links are told of each change and of nothing else");
                acting.IsStaleTerm(term - 1).ShouldBeTrue();
                acting.IsStaleTerm(term).ShouldBeFalse();
            }

            return true;
        }, iter: 5_000);

    private sealed class FakeRelay(int port) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(new Address("akka.tcp", "chat", "h", port + 1)) / "relay";

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
