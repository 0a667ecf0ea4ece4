using Akka.Configuration;

namespace ChatAkka.Startup.Tests;

public class RedisSettingsSpecs
{
    private static readonly string s_shipped = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "common.conf"));

    [Theory]
    [InlineData("", 24 * 60)]
    [InlineData("chat.redis.session-history = 1m", 1)]
    [InlineData("chat.redis.session-history = 365d", 365 * 24 * 60)]
    [InlineData("chat.redis.session-history = off", null)]
    public void Should_read_how_long_the_events_of_sessions_are_kept(string given, int? minutes)
    {
        var reader = Reader(given);
        RedisSettings.Create(reader).SessionHistory.ShouldBe(minutes is { } m ? TimeSpan.FromMinutes(m) : null);
        reader.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("59s")]
    [InlineData("366d")]
    [InlineData("0s")]
    [InlineData("24")]
    [InlineData("on")]
    public void Should_refuse_an_age_of_events_without_a_unit_or_out_of_range(string given)
    {
        var reader = Reader("chat.redis.session-history = " + given);
        _ = RedisSettings.Create(reader);
        reader.Problems.ShouldHaveSingleItem().ShouldStartWith("chat.redis.session-history: is '");
    }

    private static ConfigReader Reader(string given) =>
        new(ConfigurationFactory.ParseString(given).WithFallback(ConfigurationFactory.ParseString(s_shipped)));
}
