using System.Net;
using Akka.Configuration;
using ChatAkka.Node.Limits;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests.Limits;

public class LimitSettingsSpecs
{
    private static readonly string s_shipped = Path.Combine(AppContext.BaseDirectory, "hocon", "node.conf");

    [Fact]
    public void Should_exempt_loopback_and_slow_nobody_as_shipped()
    {
        var reader = Reader("");
        var settings = LimitSettings.Create(reader);
        reader.Problems.ShouldBeEmpty();
        settings.Connection.ShouldBe(new ConnectionLimits(null, null, null, new Rate(10, 600), new Rate(10, 600), null, 4096));
        settings.Address.Connections.ShouldBe(250);
        settings.Address.Connects.ShouldBe(new Rate(100, 1000));
        settings.Address.FailedLogins.ShouldBe(new Rate(1, 60));
        settings.Address.NewRecipients.ShouldBe(new Rate(50, 3000));
        settings.Address.Exempt.ShouldBe([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")]);
    }

    [Fact]
    public void Should_allow_the_burst_of_a_rate_in_its_time()
    {
        var settings = LimitSettings.Create(Reader("connection { lines-per-second = 50, chats-per-second = 20, bytes-per-second = 64KiB, burst = 4s, stored-per-minute = 30 }"));
        settings.Connection.Lines.ShouldBe(new Rate(50, 200));
        settings.Connection.Chats.ShouldBe(new Rate(20, 80));
        settings.Connection.Bytes.ShouldBe(new Rate(65536, 262144));
        settings.Connection.Stored.ShouldBe(new Rate(0.5, 30));
    }

    [Fact]
    public void Should_turn_off_each_limit()
    {
        var reader = Reader("""
            connection { errors-per-minute = off, new-recipients-per-minute = off }
            address { connections = off, connects-per-second = off, failed-logins-per-minute = off, new-recipients-per-minute = off, exempt = [] }
            """);
        var settings = LimitSettings.Create(reader);
        reader.Problems.ShouldBeEmpty();
        settings.Connection.ShouldBe(ConnectionLimits.None with { MaxLineBeforeLogin = 4096 });
        settings.Address.ShouldBe(settings.Address with { Connections = null, Connects = null, FailedLogins = null, NewRecipients = null });
    }

    [Fact]
    public void Should_list_every_mistake_with_its_path()
    {
        var reader = Reader("""
            connection { lines-per-second = 0, bytes-per-second = 5, chats-per-second = fast, burst = 0s, errors-per-minute = -1, new-recipients-per-minute = 2m, stored-per-minute = "", max-line-before-login = 10B }
            address { connections = 0, connects-per-second = x, burst = 2, failed-logins-per-minute = on, new-recipients-per-minute = 0, table-size = 1, exempt = ["10.0.0.0/33", "host"] }
            """);
        LimitSettings.Create(reader);
        reader.Problems.Select(p => p.Split(": ")[0]["chat.limits.".Length..]).Order().ShouldBe(
        [
            "address.burst", "address.connections", "address.connects-per-second", "address.exempt", "address.exempt", "address.failed-logins-per-minute",
            "address.new-recipients-per-minute", "address.table-size", "connection.burst", "connection.bytes-per-second", "connection.chats-per-second",
            "connection.errors-per-minute", "connection.lines-per-second", "connection.max-line-before-login", "connection.new-recipients-per-minute", "connection.stored-per-minute",
        ]);
    }

    private static ConfigReader Reader(string limits) =>
        new(ConfigurationFactory.ParseString($"chat.limits {{ {limits} }}").WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(s_shipped))));
}
