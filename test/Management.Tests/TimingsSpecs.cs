using ChatAkka.Management.Chat;
using ChatAkka.Management.Hosting;
using ChatAkka.Management.Palettes;

namespace ChatAkka.Management.Tests;

/// <summary>Each record of fixed timings checks its rules when it is made.</summary>
public class TimingsSpecs
{
    private static readonly TimeSpan s_ok = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tooLong = TimeSpan.FromSeconds(1.001);

    [Fact]
    public void Should_refuse_timings_of_the_host_that_break_a_rule()
    {
        _ = HostTimings.Standard;
        _ = new HostTimings(s_second, s_tooLong, s_second);
        Refuses("acceptPause", () => new HostTimings(TimeSpan.Zero, s_ok, s_ok));
        Refuses("acceptPause", () => new HostTimings(s_tooLong, s_ok, s_ok));
        Refuses("closeGrace", () => new HostTimings(s_ok, TimeSpan.Zero, s_ok));
        Refuses("retryPause", () => new HostTimings(s_ok, s_ok, TimeSpan.Zero));
        Refuses("retryPause", () => new HostTimings(s_ok, s_ok, s_tooLong));
    }

    [Fact]
    public void Should_refuse_timings_of_palettes_that_break_a_rule()
    {
        _ = new PaletteTimings(s_second, s_second, s_second);
        Refuses("changeLimit", () => new PaletteTimings(TimeSpan.Zero, s_ok, s_ok));
        Refuses("changeCheck", () => new PaletteTimings(s_second, TimeSpan.Zero, s_ok));
        Refuses("changeCheck", () => new PaletteTimings(s_second, s_tooLong, s_ok));
        Refuses("regionLimit", () => new PaletteTimings(s_second, s_ok, TimeSpan.Zero));
        Refuses("drainInterval", () => new ChatTimings(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(10, 4, 3)]
    [InlineData(5, 4, 3)]
    [InlineData(1, 0.8, 0.6)]
    public void Should_end_what_a_palette_waits_for_before_the_host_ends_the_command(double answerTimeout, double changeLimit, double regionLimit)
    {
        var timings = PaletteTimings.Of(TimeSpan.FromSeconds(answerTimeout));
        timings.ChangeLimit.ShouldBe(TimeSpan.FromSeconds(changeLimit));
        timings.RegionLimit.ShouldBe(TimeSpan.FromSeconds(regionLimit));
    }

    [Fact]
    public void Should_wait_for_a_draining_node_longer_than_for_two_reports() =>
        ChatTimings.Standard.SilenceLimit(TimeSpan.FromSeconds(3)).ShouldBe(TimeSpan.FromSeconds(5));

    private static void Refuses(string name, Func<object> make) =>
        Should.Throw<ArgumentOutOfRangeException>(make).ParamName.ShouldBe(name);
}
