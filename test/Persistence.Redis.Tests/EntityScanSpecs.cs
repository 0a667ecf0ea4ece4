using System.Globalization;
using Akka.Persistence;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>The search for entities, on every store.</summary>
public sealed class EntityScanSpecs(StoresFixture stores) : IClassFixture<StoresFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}:";

    public static TheoryData<string> Stores => StoresFixture.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_find_entities_by_their_prefix(string store) => WithAsync(store, async (kit, log) =>
    {
        var written = Enumerable.Range(0, 600).Select(n => $"mailbox-user{n}").ToList();
        kit.Write([.. written.Select(id => new[] { PluginKit.Event(id, 1, "e") })]);
        Save(kit, "mailbox-snapshot-only", 5);
        kit.WriteRange("mailbox-highest-only", 1, 1);
        kit.Delete("mailbox-highest-only", 1);
        kit.WriteRange("mailbox-a%3Ab[c]*", 1, 1);
        kit.WriteRange("mailboxes", 1, 1);
        kit.WriteRange("my-mailbox-x", 1, 1);
        kit.WriteRange("MAILBOX-x", 1, 1);
        written.AddRange(["mailbox-snapshot-only", "mailbox-highest-only", "mailbox-a%3Ab[c]*"]);

        (await FoundAsync(log, "mailbox-")).ShouldBe(written, ignoreOrder: true);
        (await FoundAsync(log, "mailbox-a%3Ab[c]*")).ShouldBe(["mailbox-a%3Ab[c]*"]);
        (await FoundAsync(log, "mailbox-?")).ShouldBeEmpty();
        (await FoundAsync(log, "nobody")).ShouldBeEmpty();
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_find_entities_of_its_own_prefix_only(string store)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix + "[a]*:"));
        using var other = new Owned(new PluginKit(stores.Connection(store), _prefix + "[a]b:"));
        kit.Kit.WriteRange("mine", 1, 1);
        other.Kit.WriteRange("other", 1, 1);
        (await FoundAsync(RedisEventLog.Get(kit.Kit.Sys), "")).ShouldBe(["mine"]);
    }

    /// <summary>As a move of old entities does it: each one that is found is forgotten.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_find_all_entities_while_they_are_forgotten(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.Write([.. Enumerable.Range(0, 1000).Select(n => new[] { PluginKit.Event($"m{n}", 1, "e") })]);
        HashSet<string> found = [];
        await foreach (var id in log.FindAsync("m"))
        {
            found.Add(id);
            var entity = await log.RecoverAsync(id);
            (await log.ForgetAsync(id, entity.Highest)).ShouldBeTrue();
        }

        found.Count.ShouldBe(1000);
        (await FoundAsync(log, "m")).ShouldBeEmpty();
    });

    [FactNeedsRedis]
    public async Task Should_fail_while_Redis_is_away_and_find_all_when_it_is_back()
    {
        var server = await RedisServer.StartAsync();
        await using var disposal = server;
        using var kit = new Owned(new PluginKit(server.Address, _prefix));
        var log = RedisEventLog.Get(kit.Kit.Sys);
        kit.Kit.WriteRange("p", 1, 1);
        (await FoundAsync(log, "p")).ShouldBe(["p"]);
        await server.KillAsync();
        await Should.ThrowAsync<RedisException>(() => FoundAsync(log, "p")).WaitAsync(Eventually.Limit);
        await server.RunAsync();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await FoundAsync(log, "p")).Count == 0;
            }
            catch (RedisException)
            {
                return false;
            }
        }, "it searches again");
    }

    /// <summary>A primary that is away must not be left out: its entities would be taken for not existing.</summary>
    [FactNeedsRedis]
    public async Task Should_find_the_entities_of_all_primaries_of_a_cluster_or_fail()
    {
        await using var first = RedisServer.NotStarted();
        await using var second = RedisServer.NotStarted();
        await StartClusterAsync(first, second);
        using var kit = new Owned(new PluginKit(Patience.With(first.Address), _prefix));
        var log = RedisEventLog.Get(kit.Kit.Sys);
        var ids = Enumerable.Range(0, 40).Select(n => $"p{n}").ToList();
        ids.ForEach(id => kit.Kit.WriteRange(id, 1, 1));
        (await FoundAsync(log, "p")).ShouldBe(ids, ignoreOrder: true);

        await second.KillAsync();
        for (var i = 0; i < 2; i++)
            await Should.ThrowAsync<RedisException>(() => FoundAsync(log, "p")).WaitAsync(Eventually.Limit);
    }

    private static async Task StartClusterAsync(params RedisServer[] servers)
    {
        var buses = servers.Select(_ => FreePorts.Next().ToString(CultureInfo.InvariantCulture)).ToArray();
        for (var i = 0; i < servers.Length; i++)
        {
            await servers[i].RunAsync("--cluster-enabled", "yes", "--cluster-port", buses[i]);
            var slots = 16384 / servers.Length;
            await ExecuteAsync(servers[i], "ADDSLOTSRANGE", $"{i * slots}", $"{((i + 1) * slots) - 1}");
            await ExecuteAsync(servers[0], "MEET", "127.0.0.1", $"{servers[i].Port}", buses[i]);
        }

        foreach (var server in servers)
        {
            await Eventually.TrueAsync(
                async () => await ExecuteAsync(server, "INFO") is var info && info.Contains("cluster_state:ok", StringComparison.Ordinal)
                    && info.Contains($"cluster_size:{servers.Length}", StringComparison.Ordinal),
                "the cluster is up");
        }
    }

    private static async Task<string> ExecuteAsync(RedisServer server, params string[] arguments)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.Address + ",allowAdmin=true");
        return (await redis.GetServer(server.Address).ExecuteAsync("CLUSTER", arguments)).ToString();
    }

    private static async Task<HashSet<string>> FoundAsync(RedisEventLog log, string prefix)
    {
        HashSet<string> found = [];
        await foreach (var id in log.FindAsync(prefix))
            found.Add(id);
        return found;
    }

    private static void Save(PluginKit kit, string id, long number) =>
        kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata(id, number, DateTime.UtcNow), string.Create(CultureInfo.InvariantCulture, $"s{number}")))
            .ShouldBeOfType<SaveSnapshotSuccess>();

    private async Task WithAsync(string store, Func<PluginKit, RedisEventLog, Task> test)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        await test(kit.Kit, RedisEventLog.Get(kit.Kit.Sys));
    }
}
