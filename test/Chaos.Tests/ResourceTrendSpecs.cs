using ChatAkka.Chaos.Soak;

namespace ChatAkka.Chaos.Tests;

public class ResourceTrendSpecs
{
    private const long Minute = 60_000_000;

    [Fact]
    public void Should_give_the_slope_of_a_resource_without_the_first_minutes()
    {
        // A steep start, then two more an hour.
        var samples = Enumerable.Range(0, 61).Select(minute => Sample(minute, minute < 10 ? minute * 100 : 1000 + (2 * minute / 60.0)));

        var trend = ResourceTrend.Of(samples, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)).ShouldHaveSingleItem();

        trend.PerHour.ShouldBe(2, 0.001);
        trend.Minutes.ShouldBe(50, 0.001);
        trend.Max.ShouldBe(1002, 0.001);
        trend.PercentPerHour.ShouldBe(0.2, 0.001);
    }

    [Fact]
    public void Should_say_nothing_about_a_process_that_ended_soon()
    {
        var samples = Enumerable.Range(0, 14).Select(minute => Sample(minute, minute));

        ResourceTrend.Of(samples, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)).ShouldBeEmpty();
    }

    [Fact]
    public void Should_keep_the_incarnations_of_a_process_apart()
    {
        var samples = Enumerable.Range(0, 30).SelectMany(minute => new[] { Sample(minute, 100), Sample(minute + 30, 500, "n1/2") }).ToList();

        var trends = ResourceTrend.Of(samples, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)).ToList();

        trends.Select(t => (t.Source, t.Median, t.PerHour)).ShouldBe([("n1/1", 100, 0), ("n1/2", 500, 0)]);
    }

    private static ResourceSample Sample(int minute, double value, string source = "n1/1") =>
        new(minute * Minute, source, new Dictionary<string, double> { ["memory, MB"] = value });
}
