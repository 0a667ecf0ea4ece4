using Akka.Configuration;
using ChatAkka.RedisAccess;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

public class RedisSettingsSpecs
{
    private const string Connection = "chat.redis.connection";
    private static readonly string s_shipped = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "common.conf"));

    [Theory]
    [InlineData("a:1,password=secret")]
    [InlineData("redis://user:secret@a:1")]
    public void Should_refuse_a_password_on_the_command_line_and_take_it_from_elsewhere(string connection)
    {
        var (settings, problems) = Read(connection, onCommandLine: true);
        problems.ShouldHaveSingleItem().ShouldStartWith($"{Connection}: has a password on the command line");
        problems[0].ShouldNotContain("secret");
        (settings, problems) = Read(connection, onCommandLine: false);
        problems.ShouldBeEmpty();
        settings.Connection.ShouldBe(connection);
    }

    [Fact]
    public void Should_take_a_password_file_on_the_command_line_if_it_can_be_read()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "redis");
        Read($"a:1,passwordFile={file}", onCommandLine: true).Problems.ShouldHaveSingleItem().ShouldContain(file);
        File.WriteAllText(file, "secret\n");
        Read($"a:1,passwordFile={file}", onCommandLine: true).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Should_find_the_password_of_an_embedded_store_in_its_data_directory()
    {
        using var folder = new TempFolder();
        var password = EmbeddedStorePassword.Keep(folder.Path, "127.0.0.1:6380");
        var connection = Read("127.0.0.1:6380", onCommandLine: true, folder.Path).Settings.Connection;
        connection.ShouldNotContain(password);
        RedisConnectionString.Parse(connection).ToOptions("test").Password.ShouldBe(password);
        Read("127.0.0.1:6381", onCommandLine: true, folder.Path).Settings.Connection.ShouldBe("127.0.0.1:6381");
    }

    [Theory]
    [InlineData("", 24 * 60)]
    [InlineData("chat.redis.session-history = 1m", 1)]
    [InlineData("chat.redis.session-history = 365d", 365 * 24 * 60)]
    [InlineData("chat.redis.session-history = off", null)]
    public void Should_read_how_long_the_events_of_sessions_are_kept(string given, int? minutes)
    {
        var reader = Reader(given);
        RedisSettings.Create(reader, []).SessionHistory.ShouldBe(minutes is { } m ? TimeSpan.FromMinutes(m) : null);
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
        _ = RedisSettings.Create(reader, []);
        reader.Problems.ShouldHaveSingleItem().ShouldStartWith("chat.redis.session-history: is '");
    }

    private static ConfigReader Reader(string given) =>
        new(ConfigurationFactory.ParseString(given).WithFallback(ConfigurationFactory.ParseString(s_shipped)));

    private static (RedisSettings Settings, IReadOnlyList<string> Problems) Read(string connection, bool onCommandLine, string? embedded = null)
    {
        KeyValuePair<string, string>[] flags = onCommandLine ? [new(Connection, connection)] : [];
        var environment = onCommandLine ? new Dictionary<string, string>() : new() { ["CHATAKKA__CHAT__REDIS__CONNECTION"] = connection };
        var reader = ConfigLayers.Load(["common.conf"], null, environment, flags);
        return (RedisSettings.Create(reader, flags, embedded ?? "/nowhere"), reader.Problems);
    }
}
