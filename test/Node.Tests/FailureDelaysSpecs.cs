using System.Net;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>Logins wait after failures, longer with each.</summary>
public class FailureDelaysSpecs
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly UserName s_ann = UserName.TryCreate("ann")!;
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;
    private static readonly IPAddress s_here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_there = IPAddress.Parse("192.0.2.2");
    private readonly ManualTime _time = new();
    private readonly DelayPolicy _policy = new(free: 2, s_first, longest: TimeSpan.FromSeconds(4), remembered: TimeSpan.FromMinutes(1), mostRemembered: 100);
    private readonly FailureDelays _delays;

    public FailureDelaysSpecs() => _delays = new FailureDelays(_policy, _time);

    [Fact]
    public void Should_wait_twice_as_long_after_each_failure_up_to_a_limit() =>
        Enumerable.Range(0, 8).Select(n => _policy.WaitAfter(n).TotalSeconds).ShouldBe([0, 0, 0, 1, 2, 4, 4, 4]);

    [Fact]
    public void Should_wait_for_the_account_from_wherever_and_for_the_address_whoever_it_is()
    {
        for (var i = 0; i < 3; i++)
            _delays.Failed(s_ann, s_here);
        _delays.Wait(s_ann, s_there).ShouldBe(s_first);
        _delays.Wait(s_bob, s_here).ShouldBe(s_first);
        _delays.Wait(s_bob, s_there).ShouldBe(s_first, "the address waits behind the login that waits for the account");
        _delays.Wait(UserName.TryCreate("carol")!, IPAddress.Parse("192.0.2.3")).ShouldBe(TimeSpan.Zero);
        _delays.Failures.ShouldBe(3);
        _delays.Delayed.ShouldBe(2);
    }

    [Fact]
    public void Should_let_many_connections_guess_no_faster_than_one_and_refuse_who_would_wait_too_long()
    {
        for (var i = 0; i < 3; i++)
            _delays.Failed(s_ann, s_here);
        Enumerable.Range(0, 6).Select(_ => _delays.Wait(s_ann, s_there)?.TotalSeconds).ShouldBe([1, 2, 3, 4, null, null]);
        _time.Advance(TimeSpan.FromSeconds(2));
        _delays.Wait(s_ann, s_there).ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Should_forget_the_failures_of_an_account_when_its_user_logs_in_and_not_those_of_the_address()
    {
        for (var i = 0; i < 3; i++)
            _delays.Failed(s_ann, s_here);
        _delays.Succeeded(s_ann);
        _delays.Wait(s_ann, s_there).ShouldBe(TimeSpan.Zero);
        _delays.Wait(s_bob, s_here).ShouldBe(s_first);
    }

    [Fact]
    public void Should_forget_failures_after_a_time_without_one()
    {
        for (var i = 0; i < 3; i++)
            _delays.Failed(s_ann, s_here);
        _time.Advance(_policy.Remembered);
        _delays.Delayed.ShouldBe(0);
        _delays.Wait(s_ann, s_here).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Should_take_the_first_64_bits_of_an_address_of_version_6_and_version_4_in_it_as_version_4()
    {
        for (var i = 0; i < 3; i++)
            _delays.Failed(s_ann, IPAddress.Parse($"2001:db8:1:2::{i}"));
        _delays.Wait(s_bob, IPAddress.Parse("2001:db8:1:2:ffff::9")).ShouldBe(s_first);
        FailureDelays.KeyOf(IPAddress.Parse("2001:db8:1:3::1")).ShouldNotBe(FailureDelays.KeyOf(IPAddress.Parse("2001:db8:1:2::1")));
        FailureDelays.KeyOf(IPAddress.Parse("::ffff:192.0.2.1")).ShouldBe(FailureDelays.KeyOf(s_here));
    }

    [Fact]
    public void Should_remember_no_more_than_its_bound_and_the_latest_of_them()
    {
        for (var i = 0; i < 1000; i++)
        {
            for (var n = 0; n < 3; n++)
                _delays.Failed(UserName.TryCreate($"user{i}")!, new IPAddress([10, 0, (byte)(i / 256), (byte)i]));
        }

        _delays.Delayed.ShouldBeInRange(2, _policy.MostRemembered);
        _delays.Wait(UserName.TryCreate("user999")!, s_there).ShouldBe(s_first);
        _delays.Wait(UserName.TryCreate("user0")!, IPAddress.Parse("192.0.2.9")).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Should_never_wait_longer_than_the_limit_whatever_happens() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 3]).Array[0, 60].Sample(steps =>
    {
        var delays = new FailureDelays(_policy, _time);
        foreach (var (what, user, address) in steps)
        {
            var (name, from) = (UserName.TryCreate($"u{user}")!, new IPAddress([10, 0, 0, (byte)address]));
            if (what == 0)
                delays.Failed(name, from);
            else if (what == 1)
                delays.Succeeded(name);
            else if (delays.Wait(name, from) is { } wait && (wait < TimeSpan.Zero || wait > _policy.Longest))
                return false;
        }

        return true;
    });
}
