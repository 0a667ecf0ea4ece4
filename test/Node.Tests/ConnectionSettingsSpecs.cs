using System.Collections;
using ChatAkka.Node.Clients;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests;

public class ConnectionSettingsSpecs
{
    [Fact]
    public void Should_greet_who_presses_Enter_first_where_nothing_is_set() => Read().Greeting.ShouldBe(Greeting.Typed);

    [Theory]
    [InlineData("off", nameof(Greeting.Off))]
    [InlineData("typed", nameof(Greeting.Typed))]
    [InlineData("always", nameof(Greeting.Always))]
    public void Should_greet_whom_the_configuration_names(string value, string greeting) =>
        Read(value).Greeting.ToString().ShouldBe(greeting);

    [Fact]
    public void Should_refuse_another_greeting()
    {
        var reader = Load("hello");
        ConnectionSettings.Create(reader);
        reader.Problems.ShouldHaveSingleItem().ShouldBe("chat.connection.greeting: is 'hello', expected one of typed, always, off");
    }

    private static ConnectionSettings Read(string? greeting = null)
    {
        var reader = Load(greeting);
        var settings = ConnectionSettings.Create(reader);
        reader.Problems.ShouldBeEmpty();
        return settings;
    }

    private static ConfigReader Load(string? greeting) => ConfigLayers.Load(
        ["node.conf"], null, new Hashtable(), greeting is null ? [] : [new KeyValuePair<string, string>("chat.connection.greeting", greeting)]);
}
