using System.Globalization;
using Akka.Persistence;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>Single events in the journal, on every store.</summary>
public sealed class EventLogSpecs(StoresFixture stores) : IClassFixture<StoresFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}:";

    public static TheoryData<string> Stores => StoresFixture.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_read_the_events_that_exist_in_order(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 10);
        kit.WriteRange("q", 1, 3);
        kit.Delete("p", 2);
        var read = await log.ReadAsync("p", [9, 2, 3, 4, 9, 11, 7]);
        read.Events.Select(e => e.SequenceNr).ShouldBe([3, 4, 7, 9]);
        read.Events.Select(e => e.Payload).ShouldBe(["e3", "e4", "e7", "e9"]);
        read.Events.ShouldAllBe(e => e.PersistenceId == "p");
        read.Unreadable.ShouldBeEmpty();
        (await log.ReadAsync("p", [])).Events.ShouldBeEmpty();
        (await log.ReadAsync("nobody", [1])).Events.ShouldBeEmpty();
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_read_more_events_than_one_window_has(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 400);
        long[] numbers = [.. Enumerable.Range(1, 400).Where(n => n % 5 != 0).Select(n => (long)n)];
        (await log.ReadAsync("p", numbers)).Events.Select(e => e.SequenceNr).ShouldBe(numbers);
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_read_large_events(string store) => WithAsync(store, async (kit, log) =>
    {
        var random = new Random(1);
        var payloads = Enumerable.Range(0, 40).Select(_ => new byte[100 * 1024]).ToList();
        payloads.ForEach(random.NextBytes);
        kit.Write([.. payloads.Select((bytes, i) => new[] { PluginKit.Event("p", i + 1, bytes) })])[0].ShouldBeOfType<WriteMessagesSuccessful>();
        var read = await log.ReadAsync("p", [.. Enumerable.Range(1, 40).Select(n => (long)n)]);
        read.Events.Select(e => e.Payload).ShouldBe(payloads);
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_name_events_that_cannot_be_read_and_give_the_others(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 6);
        kit.WriteRange("q", 1, 9);
        await using var redis = stores.Open(store);
        var database = redis.GetDatabase();
        var other = (await database.SortedSetRangeByScoreAsync(Key(store, "q", "journal:persisted:q"), 4, 4)).Single();
        var moved = (await database.SortedSetRangeByScoreAsync(Key(store, "p", "journal:persisted:p"), 6, 6)).Single();
        foreach (var (number, bytes) in new (int, RedisValue)[] { (2, "garbage"), (4, other), (5, moved) })
        {
            await database.SortedSetRemoveRangeByScoreAsync(Key(store, "p", "journal:persisted:p"), number, number);
            await database.SortedSetAddAsync(Key(store, "p", "journal:persisted:p"), bytes, number);
        }

        var read = await log.ReadAsync("p", [1, 2, 3, 4, 5, 6]);
        read.Events.Select(e => e.SequenceNr).ShouldBe([1, 3]);
        read.Unreadable.Select(u => u.SequenceNr).ShouldBe([2, 4, 5]);
        read.Unreadable[1].Reason.Message.ShouldContain("number 4 of q");
        await Should.ThrowAsync<Exception>(() => log.RecoverAsync("p"));
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_delete_ranges_and_keep_the_highest_number(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 12);
        Save(kit, "p", 12);
        (await log.DeleteAsync("p", [(9, 10), (2, 2), (4, 6), (12, 12), (2, 3)], 12)).ShouldBeTrue();
        (await LeftAsync(log, "p", 12)).ShouldBe([1, 7, 8, 11]);
        (await log.HighestAsync("p")).ShouldBe(12);
        (await log.DeleteAsync("p", [(9, 10)], 12)).ShouldBeTrue();
        (await log.DeleteAsync("p", [], 12)).ShouldBeTrue();
        kit.WriteRange("p", 13, 13);
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_delete_more_ranges_than_one_script_has(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 1300);
        Save(kit, "p", 1300);
        (await log.DeleteAsync("p", [.. Enumerable.Range(1, 650).Select(n => ((2L * n) - 1, (2L * n) - 1))], 1300)).ShouldBeTrue();
        (await LeftAsync(log, "p", 1300)).ShouldBe(Enumerable.Range(1, 650).Select(n => 2L * n));
    });

    /// <summary>An instance was suspended, another one wrote; then the first one wakes and deletes what it holds for finished.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_delete_nothing_when_another_instance_has_written(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 10);
        Save(kit, "p", 10);
        kit.Write([PluginKit.Event("p", 11, "b11", "b")])[0].ShouldBeOfType<WriteMessagesSuccessful>();
        (await log.DeleteAsync("p", [(1, 5)], 10)).ShouldBeFalse();
        (await log.DeleteAsync("p", [(1, 5)], 12)).ShouldBeFalse();
        (await log.DeleteAsync("nobody", [(1, 5)], 10)).ShouldBeFalse();
        (await LeftAsync(log, "p", 11)).Count().ShouldBe(11);
        (await log.DeleteAsync("p", [(1, 5)], 11)).ShouldBeTrue();
        (await LeftAsync(log, "p", 11)).ShouldBe([6, 7, 8, 9, 10, 11]);
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_delete_nothing_that_a_recovery_needs(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 10);
        await Should.ThrowAsync<InvalidOperationException>(() => log.DeleteAsync("p", [(1, 1)], 10));
        Save(kit, "p", 6);
        await Should.ThrowAsync<InvalidOperationException>(() => log.DeleteAsync("p", [(1, 2), (5, 7), (1, 3)], 10));
        await Should.ThrowAsync<InvalidOperationException>(() => log.DeleteAsync("p", [(1, long.MaxValue)], 10));
        (await LeftAsync(log, "p", 10)).Count().ShouldBe(10);
        (await log.DeleteAsync("p", [(0, 6)], 10)).ShouldBeTrue();
        (await LeftAsync(log, "p", 10)).ShouldBe([7, 8, 9, 10]);
    });

    /// <summary>The deletion is given before the write, so it comes before it, though nothing waits for it.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_delete_before_a_write_that_is_given_later(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 1);
        Save(kit, "p", 1);
        for (var n = 2; n <= 50; n++)
        {
            var deleted = log.DeleteAsync("p", [(1, 1)], n - 1);
            kit.WriteRange("p", n, n);
            (await deleted).ShouldBeTrue();
        }
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_tell_the_highest_number(string store) => WithAsync(store, async (kit, log) =>
    {
        (await log.HighestAsync("p")).ShouldBeNull();
        kit.WriteRange("p", 1, 12);
        (await log.HighestAsync("p")).ShouldBe(12);
        kit.Delete("p", 12);
        (await log.HighestAsync("p")).ShouldBe(12);
        await using var redis = stores.Open(store);
        await redis.GetDatabase().KeyDeleteAsync(Key(store, "p", "journal:persisted:p:highestSequenceNr"));
        (await log.HighestAsync("p")).ShouldBeNull();
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_forget_everything_of_an_entity_and_nothing_else(string store) => WithAsync(store, async (kit, log) =>
    {
        kit.WriteRange("p", 1, 12);
        Save(kit, "p", 8);
        kit.WriteRange("p2", 1, 2);
        (await log.ForgetAsync("p", 11)).ShouldBeFalse();
        (await log.ForgetAsync("p", null)).ShouldBeFalse();
        (await log.RecoverAsync("p")).Events.Count.ShouldBe(4);

        (await log.ForgetAsync("p", 12)).ShouldBeTrue();
        await using var redis = stores.Open(store);
        foreach (var name in new[] { "journal:persisted:p", "journal:persisted:p:highestSequenceNr", "snapshot:p" })
            (await redis.GetDatabase().KeyExistsAsync(Key(store, "p", name))).ShouldBeFalse(name);
        kit.Replay("p2").Payloads.Count.ShouldBe(2);
        (await log.ForgetAsync("p", 12)).ShouldBeFalse();
        (await log.ForgetAsync("p", null)).ShouldBeTrue();
        Save(kit, "p", 8);
        (await log.ForgetAsync("p", null)).ShouldBeTrue();
        (await log.RecoverAsync("p")).Snapshot.ShouldBeNull();
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public Task Should_read_an_entity_as_a_recovery_does(string store) => WithAsync(store, async (kit, log) =>
    {
        var nothing = await log.RecoverAsync("p");
        nothing.ShouldSatisfyAllConditions(r => r.Snapshot.ShouldBeNull(), r => r.Events.ShouldBeEmpty(), r => r.Highest.ShouldBeNull());
        kit.WriteRange("p", 1, 100);
        (await log.RecoverAsync("p")).Events.Select(e => e.Payload).ShouldBe(Enumerable.Range(1, 100).Select(n => (object)$"e{n}"));
        Save(kit, "p", 20);
        Save(kit, "p", 30);
        var whole = await log.RecoverAsync("p");
        whole.Snapshot.ShouldNotBeNull().Snapshot.ShouldBe("s30");
        whole.Snapshot.Metadata.SequenceNr.ShouldBe(30);
        whole.Events.Select(e => e.Payload).ShouldBe(Enumerable.Range(31, 70).Select(n => (object)$"e{n}"));
        whole.Highest.ShouldBe(100);
        kit.Delete("p", 100);
        (await log.RecoverAsync("p")).ShouldSatisfyAllConditions(r => r.Events.ShouldBeEmpty(), r => r.Highest.ShouldBe(100));
    });

    [FactNeedsRedis]
    public async Task Should_fail_in_time_while_Redis_is_away_and_go_on_when_it_is_back()
    {
        var server = await RedisServer.StartAsync();
        await using var disposal = server;
        using var kit = new Owned(new PluginKit(server.Address, _prefix));
        var log = RedisEventLog.Get(kit.Kit.Sys);
        kit.Kit.WriteRange("p", 1, 1);
        (await log.HighestAsync("p")).ShouldBe(1);
        await server.KillAsync();
        await Should.ThrowAsync<RedisException>(() => log.ReadAsync("p", [1])).WaitAsync(Eventually.Limit);
        await Should.ThrowAsync<RedisException>(() => log.DeleteAsync("p", [(1, 1)], 1)).WaitAsync(Eventually.Limit);
        await server.RunAsync();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return await log.HighestAsync("p") is null;
            }
            catch (RedisException)
            {
                return false;
            }
        }, "it answers again");
    }

    /// <summary>The journal alone uses the connection for confirmations.</summary>
    [FactNeedsRedis]
    public async Task Should_leave_the_confirmations_to_the_journal()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        await server.RunAsync("--appendonly", "yes", "--appendfsync", "everysec");
        using var kit = new Owned(new PluginKit(server.Address, _prefix, receipts: "fsynced"));
        var log = RedisEventLog.Get(kit.Kit.Sys);
        await log.HighestAsync("p");
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.Address + ",allowAdmin=true");
        (await redis.GetServer(server.Address).ClientListAsync()).Select(c => c.Name ?? "").Order().Distinct()
            .Where(n => n.StartsWith("chatakka", StringComparison.Ordinal)).ShouldBe(["chatakka-persistence", "chatakka-persistence-reads"]);
    }

    private static async Task<IEnumerable<long>> LeftAsync(RedisEventLog log, string id, int to) =>
        (await log.ReadAsync(id, [.. Enumerable.Range(1, to).Select(n => (long)n)])).Events.Select(e => e.SequenceNr);

    private static void Save(PluginKit kit, string id, long number) =>
        kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata(id, number, DateTime.UtcNow), string.Create(CultureInfo.InvariantCulture, $"s{number}")))
            .ShouldBeOfType<SaveSnapshotSuccess>();

    private string Key(string store, string id, string name) => (store == "Redis Cluster" ? $"{{__{id}}}." : "") + _prefix + name;

    private async Task WithAsync(string store, Func<PluginKit, RedisEventLog, Task> test)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        await test(kit.Kit, RedisEventLog.Get(kit.Kit.Sys));
    }
}
