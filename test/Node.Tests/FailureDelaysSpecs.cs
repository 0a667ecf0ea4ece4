using System.Net;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>Logins wait after failures, longer with each, and those that are under way count before their answer.</summary>
public class FailureDelaysSpecs
{
    private const int Most = 100;
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly UserName s_ann = User("ann");
    private static readonly IPAddress s_here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_there = IPAddress.Parse("192.0.2.2");
    private static readonly DelayPolicy s_accounts = new(free: 2, s_first, longest: TimeSpan.FromSeconds(4), remembered: TimeSpan.FromMinutes(1));
    private static readonly DelayPolicy s_addresses = new(free: 5, s_first, longest: TimeSpan.FromSeconds(2), remembered: TimeSpan.FromMinutes(1));
    private readonly ManualTime _time = new();
    private readonly FailureDelays _delays;

    public FailureDelaysSpecs() => _delays = new FailureDelays(s_accounts, s_addresses, Most, _time);

    [Fact]
    public void Should_wait_twice_as_long_after_each_failure_up_to_a_limit() =>
        Enumerable.Range(0, 8).Select(n => s_accounts.WaitAfter(n).TotalSeconds).ShouldBe([0, 0, 0, 1, 2, 4, 4, 4]);

    [Fact]
    public void Should_count_those_under_way_so_that_many_at_once_guess_no_faster_than_one_after_the_other()
    {
        var waits = Enumerable.Range(0, 20).Select(i => _delays.Begin(s_ann, Address(i))?.Wait.TotalSeconds).ToList();
        waits.ShouldBe([0, 0, 0, 1, 3, .. Enumerable.Repeat<double?>(null, 15)]);
        var alone = new FailureDelays(s_accounts, s_addresses, Most, _time);
        var (passed, times) = (0.0, new List<double?>());
        for (var i = 0; i < 5; i++)
        {
            var attempt = alone.Begin(s_ann, Address(i))!;
            _time.Advance(attempt.Wait);
            passed += attempt.Wait.TotalSeconds;
            times.Add(passed);
            alone.End(attempt, AttemptResult.Failed);
        }

        times.ShouldBe(waits[..5], "one after the other is as fast");
    }

    [Fact]
    public void Should_wait_for_the_account_from_wherever_it_is_guessed()
    {
        Fail(s_ann, s_here, 3);
        _delays.Begin(s_ann, s_there)!.Wait.ShouldBe(s_first);
        _delays.Begin(User("bob"), s_here)!.Wait.ShouldBe(TimeSpan.Zero, "many people may share an address");
        _delays.Failures.ShouldBe(3);
        _delays.Delayed().ShouldBe([("ann", false, 3, TimeSpan.FromSeconds(3))]);
    }

    [Fact]
    public void Should_wait_for_an_address_from_which_many_failed_whoever_it_is()
    {
        for (var i = 0; i < 6; i++)
            Fail(User($"u{i}"), s_here, 1);
        _delays.Begin(User("bob"), s_here)!.Wait.ShouldBe(s_first);
        _delays.Begin(User("carol"), s_here)!.Wait.ShouldBe(s_first + TimeSpan.FromSeconds(2), "they wait one behind the other");
        _delays.Begin(User("dave"), s_there)!.Wait.ShouldBe(TimeSpan.Zero);
        _delays.Delayed().ShouldHaveSingleItem().Who.ShouldBe("192.0.2.1");
    }

    [Fact]
    public void Should_check_no_more_of_a_burst_from_an_address_when_many_of_it_have_failed()
    {
        var burst = Enumerable.Range(0, 50).Select(i => _delays.Begin(User($"u{i}"), s_here)!).ToList();
        burst.ShouldAllBe(a => a.Wait == TimeSpan.Zero);
        var guessed = 0;
        foreach (var attempt in burst.Where(_delays.MayBeChecked))
        {
            guessed++;
            _delays.End(attempt, AttemptResult.Failed);
        }

        guessed.ShouldBe(s_addresses.Free + 1);
        _delays.MayBeChecked(_delays.Begin(User("late"), s_here)!).ShouldBeTrue("it waits for its turn");
    }

    [Fact]
    public void Should_let_many_log_in_at_once_from_one_address_while_nothing_fails()
    {
        var all = Enumerable.Range(0, 80).Select(i => _delays.Begin(User($"u{i}"), s_here)!).ToList();
        all.ShouldAllBe(a => a.Wait == TimeSpan.Zero && _delays.MayBeChecked(a));
        foreach (var attempt in all)
            _delays.End(attempt, AttemptResult.Succeeded);
        _delays.Begin(User("u1"), s_here)!.Wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Should_forget_the_failures_of_an_account_when_its_user_logs_in_and_not_those_of_the_address()
    {
        Fail(s_ann, s_here, 3);
        Fail(User("bob"), s_here, 3);
        var attempt = _delays.Begin(s_ann, s_there)!;
        _delays.End(attempt, AttemptResult.Succeeded);
        _delays.End(attempt, AttemptResult.Failed);
        _delays.Failures.ShouldBe(6, "an attempt ends once");
        _delays.Begin(s_ann, s_there)!.Wait.ShouldBe(TimeSpan.Zero);
        _delays.Begin(User("carol"), s_here)!.Wait.ShouldBe(s_first);
    }

    [Fact]
    public void Should_not_count_what_was_not_checked()
    {
        for (var i = 0; i < 10; i++)
            _delays.End(_delays.Begin(s_ann, s_here)!, AttemptResult.Undecided);
        _delays.Failures.ShouldBe(0);
        _delays.Begin(s_ann, s_here)!.Wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Should_forget_failures_after_a_time_without_one()
    {
        Fail(s_ann, s_here, 5);
        _time.Advance(s_accounts.Remembered);
        _delays.Delayed().ShouldBeEmpty();
        _delays.Begin(s_ann, s_here)!.Wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Should_take_the_first_64_bits_of_an_address_of_version_6_and_version_4_in_it_as_version_4()
    {
        FailureDelays.KeyOf(IPAddress.Parse("2001:db8:1:2::1")).ShouldBe(FailureDelays.KeyOf(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        FailureDelays.KeyOf(IPAddress.Parse("2001:db8:1:3::1")).ShouldNotBe(FailureDelays.KeyOf(IPAddress.Parse("2001:db8:1:2::1")));
        FailureDelays.KeyOf(IPAddress.Parse("::ffff:192.0.2.1")).ShouldBe(FailureDelays.KeyOf(s_here));
    }

    [Fact]
    public void Should_remember_no_more_than_its_bound_and_the_latest_of_them()
    {
        for (var i = 0; i < 1000; i++)
            Fail(User($"user{i}"), Address(i), 3);
        _delays.Delayed().Count.ShouldBeInRange(2, Most);
        _delays.Begin(User("user999"), s_there)!.Wait.ShouldBe(s_first);
        _delays.Begin(User("user0"), s_there)!.Wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Should_never_wait_longer_than_the_limit_nor_let_more_guess_than_the_policy_whatever_happens() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 2]).Array[0, 80].Sample(steps =>
        {
            var (time, open) = (new ManualTime(), new List<LoginAttempt>());
            var delays = new FailureDelays(s_accounts, s_addresses, Most, time);
            foreach (var (what, user, address) in steps)
            {
                if (what == 0 && delays.Begin(User($"u{user}"), Address(address)) is { } attempt)
                {
                    if (attempt.Wait < TimeSpan.Zero || attempt.Wait > s_accounts.Longest)
                        return false;
                    open.Add(attempt);
                    if (open.Count(a => a.Account == attempt.Account && a.Wait == TimeSpan.Zero) > s_accounts.Free + 1)
                        return false;
                }
                else if (what == 3)
                {
                    foreach (var ended in open)
                        delays.End(ended, (AttemptResult)user);
                    open.Clear();
                    if (user == (int)AttemptResult.Succeeded)
                        time.Advance(TimeSpan.FromMinutes(2));
                }
            }

            return true;
        });

    private static UserName User(string name) => UserName.TryCreate(name)!;

    private static IPAddress Address(int i) => new([10, 0, (byte)(i / 256), (byte)i]);

    private void Fail(UserName user, IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
            _delays.End(_delays.Begin(user, address)!, AttemptResult.Failed);
    }
}
