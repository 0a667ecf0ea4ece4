using System.Diagnostics;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Sessions.Tests;

public class RegistryOutageSpecs
{
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;
    private static readonly SessionOwner s_owner = new(new NodeId("a", 1, 1), 1);

    [FactNeedsRedis]
    public async Task Should_answer_at_once_while_Redis_is_away_and_work_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisConnector.ConnectAsync(Patience.With(server.Address), "test");
        var registry = new RedisSessionRegistry(redis, new RedisKeys("chat:"));
        await Claim(registry);
        await server.KillAsync();
        await Eventually.TrueAsync(async () => await registry.FindAsync(s_bob) is FindOutcome.Unavailable, "the loss is noticed");

        var watch = Stopwatch.StartNew();
        (await Claim(registry)).ShouldBeOfType<ClaimOutcome.Unavailable>();
        (await registry.ReleaseAsync(s_bob, s_owner)).ShouldBeFalse();
        (await registry.CleanUpAsync(s_owner.Node, 1)).ShouldBeOfType<CleanUpOutcome.Unavailable>();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));

        await server.RunAsync();
        await Eventually.TrueAsync(async () => await Claim(registry) is ClaimOutcome.Claimed, "it works again, with an empty server");
    }

    [Theory]
    [InlineData("127.0.0.1:6379", true)]
    [InlineData("a:1,b:2,password=x", true)]
    [InlineData("", false)]
    [InlineData("a:1,nonsense=5", false)]
    public void Should_check_connection_strings(string connection, bool good) =>
        (RedisConnector.Check(connection) is null).ShouldBe(good);

    [Fact]
    public void Should_not_show_a_password() => RedisConnector.Describe("a:1,password=secret").ShouldBe("a:1");

    private static Task<ClaimOutcome> Claim(RedisSessionRegistry registry) =>
        registry.ClaimAsync(s_bob, s_owner, 1, SessionModes.Plain, ClaimPolicy.Replace);
}
