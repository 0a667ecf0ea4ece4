using System.Net;
using ChatAkka.Management.Hosting;

namespace ChatAkka.Management.Tests;

/// <summary>Wrong tokens lock an address out for a while.</summary>
public class LockOutSpecs
{
    private static readonly IPAddress s_a = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress s_b = IPAddress.Parse("10.0.0.2");
    private readonly Clock _clock = new();
    private readonly LockOut _lockOut;

    public LockOutSpecs() => _lockOut = new LockOut(3, TimeSpan.FromMinutes(1), _clock);

    [Fact]
    public void Should_lock_the_address_that_failed_and_no_other()
    {
        Fail(s_a, 3);

        _lockOut.IsLocked(s_a).ShouldBeTrue();
        _lockOut.IsLocked(s_b).ShouldBeFalse();
    }

    [Fact]
    public void Should_bear_fewer_failures() => ((Action)(() => Fail(s_a, 2))).ShouldSatisfyAllConditions(f => f(), _ => _lockOut.IsLocked(s_a).ShouldBeFalse());

    [Fact]
    public void Should_count_anew_when_the_time_is_over_or_a_right_token_came()
    {
        Fail(s_a, 3);
        _clock.Now += TimeSpan.FromSeconds(61);
        _lockOut.IsLocked(s_a).ShouldBeFalse();
        Fail(s_a, 2);
        _lockOut.IsLocked(s_a).ShouldBeFalse();
        _lockOut.Succeeded(s_a);
        Fail(s_a, 2);
        _lockOut.IsLocked(s_a).ShouldBeFalse();
    }

    [Fact]
    public void Should_forget_the_oldest_when_there_are_too_many()
    {
        Fail(s_a, 3);
        for (var i = 0; i < LockOut.MostAddresses; i++)
        {
            _clock.Now += TimeSpan.FromMilliseconds(1);
            _lockOut.Failed(new IPAddress(i + 1));
        }

        _lockOut.IsLocked(s_a).ShouldBeFalse();
    }

    private void Fail(IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
            _lockOut.Failed(address);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
