using System.Collections;
using ChatAkka.Node.Routing;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests;

public class RoutingSettingsSpecs
{
    private static readonly RoutingSettings s_good = new(true, 1, TimeSpan.FromMilliseconds(1), 1, TimeSpan.Zero);

    [Fact]
    public void Should_take_the_smallest_values() => (s_good.CacheSize, s_good.MaxAttempts).ShouldBe((1, 1));

    [Theory]
    [InlineData(0, 1, 1, 0)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 1, RoutingSettings.MostAttempts + 1, 0)]
    [InlineData(1, 1, 1, -1)]
    public void Should_refuse_values_with_which_no_chat_could_be_brought_to_its_recipient(int cache, int delay, int attempts, int patience) =>
        Should.Throw<ArgumentOutOfRangeException>(() =>
            new RoutingSettings(true, cache, TimeSpan.FromMilliseconds(delay), attempts, TimeSpan.FromMilliseconds(patience)));

    [Fact]
    public void Should_read_what_the_configuration_says()
    {
        var reader = ConfigLayers.Load(["node.conf"], null, new Hashtable(), [new KeyValuePair<string, string>("chat.place-cache.max-attempts", "7")]);
        var settings = RoutingSettings.Create(reader);
        reader.Problems.ShouldBeEmpty();
        (settings.ThroughRelay, settings.CacheSize, settings.MaxAttempts).ShouldBe((true, 100_000, 7));
        (settings.RetryDelay, settings.UnknownNodePatience).ShouldBe((TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2)));
    }
}
