using ChatAkka.EmbeddedRedis;
using ChatAkka.TestSupport;

namespace ChatAkka.Sessions.Tests;

public class StoreGaugeSpecs
{
    [Fact]
    public async Task Should_find_an_embedded_store_full_at_its_bound_and_not_when_messages_are_gone()
    {
        using var folder = new TempFolder();
        using var server = EmbeddedRedisServer.Start(new EmbeddedRedisSettings(folder.Path, "127.0.0.1", FreePorts.Next(), MaxMemory: 16 << 20));
        await using var redis = await RedisConnector.ConnectAsync(Patience.With(server.Connection), "gauge");
        var gauge = new StoreGauge(redis);
        (await gauge.LookAsync())!.ShouldSatisfyAllConditions(u => u.Bound.ShouldBe(16 << 20), u => u.Percent.ShouldBeLessThan(50));

        var db = redis.GetDatabase();
        var bytes = new byte[60_000];
        for (var n = 0; !gauge.IsFull; n++)
        {
            BitConverter.TryWriteBytes(bytes, n);
            await db.SortedSetAddAsync("mailbox", bytes, n);
            (await gauge.LookAsync())!.Used.ShouldBeLessThan(17 << 20);
        }

        (await db.SortedSetLengthAsync("mailbox")).ShouldBeGreaterThan(100);
        await db.KeyDeleteAsync("mailbox");
        (await gauge.LookAsync())!.Percent.ShouldBeLessThan(50);
        gauge.IsFull.ShouldBeFalse();
    }

    [Fact]
    public void Should_find_no_bound_in_what_redis_server_says() =>
        StoreGauge.Read("# Server\r\nredis_version:7.0.15\r\nmaxmemory:0\r\n").ShouldBeNull();
}
