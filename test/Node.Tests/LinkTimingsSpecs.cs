using Akka.Configuration;
using ChatAkka.Node.Links;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests;

/// <summary>The times of the links depend on each other.</summary>
public class LinkTimingsSpecs
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Should_follow_from_the_settings_of_operators()
    {
        var timings = Create("chat.link.resend-after = 500ms\nchat.link.relay-silence = 6s").Timings;
        timings.CheckInterval.ShouldBe(TimeSpan.FromMilliseconds(500));
        timings.LongestResendPause.ShouldBe(TimeSpan.FromSeconds(4));
        timings.Fallback.ShouldBe(TimeSpan.FromSeconds(16));
        timings.RelaySilence.ShouldBe(TimeSpan.FromSeconds(6));
        timings.RelayCheckInterval.ShouldBe(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public void Should_be_the_same_without_and_with_the_shipped_files() => new LinkSettings(
        1024 * 1024, 8192, 60 * 1024, 4, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2)).ShouldBe(Create(""));

    [Theory]
    [InlineData("Fallback", 8000, 500, 60)]
    [InlineData("RelayCheckInterval", 8001, 1001, 60)]
    [InlineData("RelayCheckInterval", 8001, 0, 60)]
    [InlineData("GoneNodeAge", 8001, 500, 59)]
    public void Should_refuse_times_that_do_not_fit_together(string name, int fallback, int check, int age) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Make(fallback, check, age)).ParamName.ShouldBe(name);

    [Fact]
    public void Should_take_times_that_just_fit_together() => Make(8001, 1000, 60).Fallback.ShouldBe(TimeSpan.FromMilliseconds(8001));

    [Theory]
    [InlineData(999, "chat.link.relay-silence: is 999ms, expected at least twice chat.relay.greet-interval, which is 500ms: otherwise a relay is doubted between two of its heartbeats")]
    [InlineData(1000, null)]
    public void Should_report_a_silence_when_heartbeats_of_the_relay_may_come_too_seldom_for_it(int silence, string? problem)
    {
        var reader = new ConfigReader(ConfigurationFactory.ParseString(""));
        Create($"chat.link.relay-silence = {silence}ms").CheckAgainst(reader, s_second / 2);
        reader.Problems.ShouldBe(problem is null ? [] : [problem]);
    }

    private static LinkTimings Make(int fallback, int check, int age)
    {
        var ms = TimeSpan.FromMilliseconds(1);
        return new LinkTimings(s_second, 3, fallback * ms, 2 * s_second, check * ms, s_second, 10, age * s_second);
    }

    private static LinkSettings Create(string given)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "hocon");
        var config = ConfigurationFactory.ParseString(given)
            .WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(folder, "node.conf"))))
            .WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(folder, "common.conf"))));
        var reader = new ConfigReader(config);
        var settings = LinkSettings.Create(reader);
        reader.Problems.ShouldBeEmpty();
        return settings;
    }
}
