using System.Net;
using System.Net.Sockets;
using ChatAkka.RedisAccess;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.EmbeddedRedis.Tests;

public class EmbeddedRedisSpecs
{
    [Fact]
    public async Task Should_keep_its_data_over_a_restart()
    {
        using var folder = new TempFolder();
        var settings = Settings(folder);
        for (var round = 1; round <= 3; round++)
        {
            using var server = EmbeddedRedisServer.Start(settings);
            await using var redis = await ConnectionMultiplexer.ConnectAsync(RedisConnectionString.Parse(Patience.With(server.Connection)).ToOptions("test"));
            (await redis.GetDatabase().StringIncrementAsync("round")).ShouldBe(round);
            await redis.GetDatabase().HashSetAsync("hash", $"field{round}", "x");
            (await redis.GetDatabase().HashLengthAsync("hash")).ShouldBe(round);
        }
    }

    [Fact]
    public void Should_lock_its_directory()
    {
        using var folder = new TempFolder();
        using var server = EmbeddedRedisServer.Start(Settings(folder));
        Should.Throw<EmbeddedRedisException>(() => EmbeddedRedisServer.Start(Settings(folder))).Message.ShouldContain("--data");
    }

    [Fact]
    public void Should_not_share_its_port_with_another_process()
    {
        using var folder = new TempFolder();
        using var other = new TempFolder();
        var settings = Settings(folder);
        using var server = EmbeddedRedisServer.Start(settings);
        TestPorts.CanBeShared(settings.Port).ShouldBeFalse();
        Should.Throw<EmbeddedRedisException>(() => EmbeddedRedisServer.Start(settings with { Directory = other.Path })).Message.ShouldContain($":{settings.Port}");
        TestPorts.Listeners(settings.Port).ShouldBe(1);
    }

    [Fact]
    public void Should_free_its_directory_when_it_does_not_start()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var settings = Settings(folder) with { Port = ((IPEndPoint)taken.LocalEndpoint).Port };
        Should.Throw<EmbeddedRedisException>(() => EmbeddedRedisServer.Start(settings)).Message.ShouldContain($":{settings.Port}");
        using var server = EmbeddedRedisServer.Start(Settings(folder));
    }

    [Fact]
    public void Should_say_so_when_the_directory_cannot_be_made()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        Should.Throw<EmbeddedRedisException>(() => EmbeddedRedisServer.Start(new EmbeddedRedisSettings(file, "127.0.0.1", FreePorts.Next())));
    }

    private static EmbeddedRedisSettings Settings(TempFolder folder) => new(folder.Path, "127.0.0.1", FreePorts.Next());

    [Fact]
    public async Task Should_answer_only_clients_with_its_password_and_let_nobody_else_read_its_directory()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        using var server = EmbeddedRedisServer.Start(new EmbeddedRedisSettings(data, "127.0.0.1", FreePorts.Next()));
        server.IsOpenToOthers.ShouldBeFalse();
        server.Connection.ShouldContain(data, Case.Sensitive, "it names the file, and has no secret");
        var address = server.Connection.Split(',')[0];
        foreach (var connection in new[] { address, address + ",password=guess" })
        {
            await using var stranger = await ConnectionMultiplexer.ConnectAsync(RedisConnectionString.Parse(connection + ",connectRetry=1").ToOptions("stranger"));
            await Should.ThrowAsync<RedisException>(() => stranger.GetDatabase().StringGetAsync("key"));
        }

        await using var friend = await ConnectionMultiplexer.ConnectAsync(RedisConnectionString.Parse(Patience.With(server.Connection)).ToOptions("test"));
        (await friend.GetDatabase().StringSetAsync("key", "value")).ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
