using ChatAkka.Node.Clients;
using ChatAkka.Protocol;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class ConnectionTimeoutsSpecs
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    [Fact]
    public void Should_close_at_the_limit_and_not_before()
    {
        var (login, idle, write) = (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(20));
        var timeouts = new ConnectionTimeouts(login, idle, write);
        timeouts.Check(isLoggedIn: false, login - s_tick, TimeSpan.Zero, TimeSpan.Zero).ShouldBe(ErrorCode.None);
        timeouts.Check(isLoggedIn: false, login, TimeSpan.Zero, TimeSpan.Zero).ShouldBe(ErrorCode.LoginTimeout);
        timeouts.Check(isLoggedIn: true, login * 100, TimeSpan.Zero, TimeSpan.Zero).ShouldBe(ErrorCode.None);
        timeouts.Check(isLoggedIn: true, login * 100, idle - s_tick, TimeSpan.Zero).ShouldBe(ErrorCode.None);
        timeouts.Check(isLoggedIn: true, login * 100, idle, TimeSpan.Zero).ShouldBe(ErrorCode.IdleTimeout);
        timeouts.Check(isLoggedIn: true, login * 100, TimeSpan.Zero, write - s_tick).ShouldBe(ErrorCode.None);
        timeouts.Check(isLoggedIn: true, login * 100, TimeSpan.Zero, write).ShouldBe(ErrorCode.SlowConsumer);
        (timeouts with { Write = null }).Check(isLoggedIn: true, login * 100, TimeSpan.Zero, write * 100).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Should_close_a_silent_client_also_before_its_login_when_the_idle_limit_is_shorter() =>
        new ConnectionTimeouts(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), null)
            .Check(isLoggedIn: false, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.Zero).ShouldBe(ErrorCode.IdleTimeout);

    [Fact]
    public void Should_say_which_limit_has_passed_and_once_it_has_say_so_at_any_later_time() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 50], Gen.Bool, Gen.Bool).Select(Gen.Int[0, 60], Gen.Int[0, 60]).Sample((limits, age, idleTime) =>
        {
            var (login, idle, hasIdle, isLoggedIn) = limits;
            idleTime = Math.Min(idleTime, age);
            var timeouts = new ConnectionTimeouts(TimeSpan.FromSeconds(login), hasIdle ? TimeSpan.FromSeconds(idle) : null, null);
            var now = timeouts.Check(isLoggedIn, TimeSpan.FromSeconds(age), TimeSpan.FromSeconds(idleTime), TimeSpan.Zero);
            var expected = !isLoggedIn && age >= login ? ErrorCode.LoginTimeout : hasIdle && idleTime >= idle ? ErrorCode.IdleTimeout : ErrorCode.None;
            now.ShouldBe(expected);
            var later = timeouts.Check(isLoggedIn, TimeSpan.FromSeconds(age + 1), TimeSpan.FromSeconds(idleTime + 1), TimeSpan.Zero);
            if (now != ErrorCode.None)
                later.ShouldNotBe(ErrorCode.None);
        });
}
