using System.Collections;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Routing;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests;

public class ConnectionSettingsSpecs
{
    private const string Greet = "chat.connection.greeting";

    [Fact]
    public void Should_greet_who_presses_Enter_first_where_nothing_is_set() => Read().Greeting.ShouldBe(Greeting.Typed);

    [Theory]
    [InlineData("off", nameof(Greeting.Off))]
    [InlineData("typed", nameof(Greeting.Typed))]
    [InlineData("always", nameof(Greeting.Always))]
    public void Should_greet_whom_the_configuration_names(string value, string greeting) =>
        Read(Greet, value).Greeting.ToString().ShouldBe(greeting);

    [Theory]
    [InlineData(50, 5, 400)]
    [InlineData(20, 11, 400)]
    [InlineData(50, 1, 100)]
    public void Should_keep_the_session_of_a_slow_consumer_as_long_as_other_nodes_send_chats_there_again(int retryDelay, int maxAttempts, int limit) =>
        ConnectionSettings.StoreUnreadLimitFor(new RoutingSettings(true, 1000, TimeSpan.FromMilliseconds(retryDelay), maxAttempts, TimeSpan.Zero))
            .ShouldBe(TimeSpan.FromMilliseconds(limit));

    [Fact]
    public void Should_keep_the_session_of_a_slow_consumer_for_400_ms_when_nothing_is_set() => Read().StoreUnreadLimit.ShouldBe(TimeSpan.FromMilliseconds(400));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Should_refuse_time_limits_that_are_not_positive(int closeGrace, int storeUnreadLimit) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ConnectionSettings(
            1, 1, 1, TimeSpan.FromSeconds(1), null, null, TimeSpan.FromSeconds(closeGrace), TimeSpan.FromSeconds(storeUnreadLimit), Greeting.Off, null!));

    [Theory]
    [InlineData(null, 30)]
    [InlineData("1s", 1)]
    [InlineData("off", null)]
    public void Should_close_who_reads_nothing_after_the_time_that_is_set(string? value, int? seconds) =>
        Read("chat.connection.write-timeout", value).WriteTimeout.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);

    [Theory]
    [InlineData("999ms")]
    [InlineData("25h")]
    [InlineData("never")]
    public void Should_refuse_a_write_timeout_that_is_none(string value)
    {
        var reader = Load("chat.connection.write-timeout", value);
        ConnectionSettings.Create(reader, RoutingSettings.Create(reader));
        reader.Problems.ShouldHaveSingleItem().ShouldStartWith("chat.connection.write-timeout: is '");
    }

    [Fact]
    public void Should_refuse_another_greeting()
    {
        var reader = Load(Greet, "hello");
        ConnectionSettings.Create(reader, RoutingSettings.Create(reader));
        reader.Problems.ShouldHaveSingleItem().ShouldBe("chat.connection.greeting: is 'hello', expected one of typed, always, off");
    }

    private static ConnectionSettings Read(string key = Greet, string? value = null)
    {
        var reader = Load(key, value);
        var settings = ConnectionSettings.Create(reader, RoutingSettings.Create(reader));
        reader.Problems.ShouldBeEmpty();
        return settings;
    }

    private static ConfigReader Load(string key, string? value) =>
        ConfigLayers.Load(["node.conf"], null, new Hashtable(), value is null ? [] : [new KeyValuePair<string, string>(key, value)]);
}
