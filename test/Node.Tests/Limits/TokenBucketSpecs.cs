using ChatAkka.Node.Limits;
using CsCheck;

namespace ChatAkka.Node.Tests.Limits;

public class TokenBucketSpecs
{
    private static readonly Gen<Rate> s_rates = Gen.Select(Gen.Double[0.1, 100_000], Gen.Int[1, 1000], (perSecond, burst) => new Rate(perSecond, burst));

    /// <summary>Pauses from nothing to a few seconds, most of them short.</summary>
    private static readonly Gen<(TimeSpan Pause, int Count)[]> s_steps =
        Gen.Select(Gen.OneOf(Gen.Const(0L), Gen.Long[0, 50_000], Gen.Long[0, 30_000_000]), Gen.Int[1, 5], (ticks, count) => (TimeSpan.FromTicks(ticks), count)).Array[1, 200];

    [Fact]
    public void Should_never_give_more_than_the_burst_and_the_rate_in_any_time() => Gen.Select(s_rates, s_steps).Sample((rate, steps) =>
    {
        var bucket = default(TokenBucket);
        var now = TimeSpan.FromHours(1);
        List<(TimeSpan At, int Count)> taken = [];
        foreach (var (pause, count) in steps)
        {
            now += pause;
            if (!bucket.TryTake(rate, count, now))
                continue;
            taken.Add((now, count));
            var sum = 0.0;
            for (var i = taken.Count - 1; i >= 0; i--)
            {
                sum += taken[i].Count;
                sum.ShouldBeLessThanOrEqualTo(rate.Burst + ((now - taken[i].At).Ticks / rate.TicksEach) + (0.5 / rate.TicksEach) + 1e-3);
            }
        }
    });

    [Fact]
    public void Should_give_what_is_asked_for_after_the_wait_that_it_says_and_not_before() => Gen.Select(s_rates, s_steps).Sample((rate, steps) =>
    {
        var bucket = default(TokenBucket);
        var now = TimeSpan.FromHours(1);
        foreach (var (pause, count) in steps.Where(s => s.Count <= rate.Burst))
        {
            now += pause;
            var wait = bucket.Wait(rate, count, now);
            bucket.TryTake(rate, count, now).ShouldBe(wait == TimeSpan.Zero);
            if (wait == TimeSpan.Zero)
                continue;
            if (wait > TimeSpan.FromTicks(2))
                bucket.TryTake(rate, count, now + wait - TimeSpan.FromTicks(2)).ShouldBeFalse();
            now += wait;
            bucket.TryTake(rate, count, now).ShouldBeTrue();
        }
    });

    [Fact]
    public void Should_be_full_at_first_and_again_after_a_rest()
    {
        var (rate, bucket, now) = (new Rate(10, 5), default(TokenBucket), TimeSpan.FromSeconds(100));
        bucket.IsFull(now).ShouldBeTrue();
        for (var i = 0; i < 5; i++)
            bucket.TryTake(rate, 1, now).ShouldBeTrue();
        bucket.TryTake(rate, 1, now).ShouldBeFalse();
        bucket.Wait(rate, 1, now).ShouldBe(TimeSpan.FromMilliseconds(100));
        bucket.Wait(rate, 5, now).ShouldBe(TimeSpan.FromMilliseconds(500));
        bucket.IsFull(now + TimeSpan.FromMilliseconds(499)).ShouldBeFalse();
        now += TimeSpan.FromHours(1);
        bucket.IsFull(now).ShouldBeTrue();
        bucket.Wait(rate, 6, now).ShouldBeGreaterThan(TimeSpan.Zero, "a long rest gives no more than the burst");
    }

    [Fact]
    public void Should_wait_longer_when_more_was_taken_than_was_there()
    {
        var (rate, bucket, now) = (new Rate(100, 10), default(TokenBucket), TimeSpan.FromSeconds(100));
        bucket.Take(rate, 60, now);
        bucket.Wait(rate, 1, now).ShouldBe(TimeSpan.FromMilliseconds(510));
        bucket.TryTake(rate, 1, now + TimeSpan.FromMilliseconds(510)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0.5)]
    public void Should_refuse_a_rate_that_allows_nothing(double perSecond, double burst) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Rate(perSecond, burst));
}
