using Akka.Persistence;
using ChatAkka.TestSupport;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>What Akka.Persistence asks of a snapshot store, on every store.</summary>
public sealed class SnapshotStoreSpecs(StoresFixture stores) : IClassFixture<StoresFixture>
{
    private static readonly DateTime s_start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly string _prefix = $"test-{Guid.NewGuid():N}:";

    public static TheoryData<string> Stores => StoresFixture.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_the_latest_that_meets_every_bound(string store) => With(store, kit =>
    {
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBeNull();
        for (var n = 1; n <= 9; n++)
            Save(kit, n * 10, s_start.AddMinutes(n), $"s{n}");
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("s9");
        Load(kit, new SnapshotSelectionCriteria(55)).ShouldBe("s5");
        Load(kit, new SnapshotSelectionCriteria(50)).ShouldBe("s5");
        Load(kit, new SnapshotSelectionCriteria(9)).ShouldBeNull();
        Load(kit, new SnapshotSelectionCriteria(long.MaxValue, s_start.AddMinutes(3.5))).ShouldBe("s3");
        Load(kit, new SnapshotSelectionCriteria(40, s_start.AddMinutes(7))).ShouldBe("s4");
        Load(kit, new SnapshotSelectionCriteria(long.MaxValue, DateTime.MaxValue, 95)).ShouldBeNull();
        Load(kit, new SnapshotSelectionCriteria(long.MaxValue, DateTime.MaxValue, 0, s_start.AddMinutes(9.5))).ShouldBeNull();
        Load(kit, new SnapshotSelectionCriteria(60, s_start.AddMinutes(5), 50, s_start.AddMinutes(5))).ShouldBe("s5");
        Load(kit, SnapshotSelectionCriteria.None).ShouldBeNull();
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_the_newest_of_one_number(string store) => With(store, kit =>
    {
        Save(kit, 10, s_start.AddMinutes(2), "newer");
        Save(kit, 10, s_start.AddMinutes(1), "older");
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("newer");
        Load(kit, new SnapshotSelectionCriteria(10, s_start.AddMinutes(1))).ShouldBe("older");
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_delete_one(string store) => With(store, kit =>
    {
        for (var n = 1; n <= 3; n++)
            Save(kit, n, s_start.AddMinutes(n), $"s{n}");
        kit.AskSnapshots(new DeleteSnapshot(new SnapshotMetadata("p", 3, DateTime.MinValue))).ShouldBeOfType<DeleteSnapshotSuccess>();
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("s2");
        kit.AskSnapshots(new DeleteSnapshot(new SnapshotMetadata("p", 2, s_start))).ShouldBeOfType<DeleteSnapshotSuccess>();
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("s2");
        kit.AskSnapshots(new DeleteSnapshot(new SnapshotMetadata("p", 2, s_start.AddMinutes(2)))).ShouldBeOfType<DeleteSnapshotSuccess>();
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("s1");
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_delete_by_criteria(string store) => With(store, kit =>
    {
        for (var n = 1; n <= 6; n++)
            Save(kit, n, s_start.AddMinutes(n), $"s{n}");
        kit.AskSnapshots(new DeleteSnapshots("p", new SnapshotSelectionCriteria(2))).ShouldBeOfType<DeleteSnapshotsSuccess>();
        Load(kit, new SnapshotSelectionCriteria(2)).ShouldBeNull();
        kit.AskSnapshots(new DeleteSnapshots("p", new SnapshotSelectionCriteria(5, s_start.AddMinutes(4)))).ShouldBeOfType<DeleteSnapshotsSuccess>();
        Load(kit, new SnapshotSelectionCriteria(4)).ShouldBeNull();
        Load(kit, new SnapshotSelectionCriteria(5)).ShouldBe("s5");
        kit.AskSnapshots(new DeleteSnapshots("p", SnapshotSelectionCriteria.Latest)).ShouldBeOfType<DeleteSnapshotsSuccess>();
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBeNull();
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_delete_nothing_below_the_lower_bounds(string store) => With(store, kit =>
    {
        for (var n = 1; n <= 6; n++)
            Save(kit, n, s_start.AddMinutes(n), $"s{n}");
        kit.AskSnapshots(new DeleteSnapshots("p", new SnapshotSelectionCriteria(long.MaxValue, DateTime.MaxValue, 5))).ShouldBeOfType<DeleteSnapshotsSuccess>();
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("s4");
        kit.AskSnapshots(new DeleteSnapshots("p", new SnapshotSelectionCriteria(long.MaxValue, DateTime.MaxValue, 0, s_start.AddMinutes(3)))).ShouldBeOfType<DeleteSnapshotsSuccess>();
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("s2");
    });

    /// <summary>The store came back empty and another instance began anew; then one that was frozen saves what it has.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_refuse_a_snapshot_of_events_that_others_began_anew(string store) => With(store, kit =>
    {
        kit.WriteRange("p", 1, 3);
        kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata("p", 4, s_start), "stale")).ShouldBeOfType<SaveSnapshotFailure>()
            .Cause.GetBaseException().ShouldBeOfType<StaleWriterException>();
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBeNull();
        Save(kit, 3, s_start, "good");
        Load(kit, SnapshotSelectionCriteria.Latest).ShouldBe("good");
    });

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_lay_data_as_the_package_does(string store)
    {
        const string Golden = "0A0170100A1A0608A5EBDCCA06220708041203010203";
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        Save(kit.Kit, 10, s_start, new byte[] { 1, 2, 3 });
        await using var redis = stores.Open(store);
        var slot = store == "Redis Cluster" ? "{__p}." : "";
        var entry = (await redis.GetDatabase().SortedSetRangeByScoreWithScoresAsync($"{slot}{_prefix}snapshot:p")).Single();
        entry.Score.ShouldBe(10);
        Assert.Equal(Golden, Convert.ToHexString((byte[])entry.Element!));
        ((byte[]?)Load(kit.Kit, SnapshotSelectionCriteria.Latest)).ShouldBe([1, 2, 3]);
    }

    /// <summary>So an earlier version sees the present form, and this one a later form: the recovery fails, and nothing older is taken for the state.</summary>
    [Theory]
    [InlineData("7B7D")]
    [InlineData("0B0170")]
    [InlineData("0A0170100A1A0608A5EBDCCA0622080887A7021203010203")]
    public async Task Should_fail_and_keep_all_when_the_latest_cannot_be_read(string bytes)
    {
        const string Store = "embedded";
        using var kit = new Owned(new PluginKit(stores.Connection(Store), _prefix));
        Save(kit.Kit, 9, s_start, "readable");
        await using var redis = stores.Open(Store);
        await redis.GetDatabase().SortedSetAddAsync($"{_prefix}snapshot:p", Convert.FromHexString(bytes), 10);
        kit.Kit.AskSnapshots(new LoadSnapshot("p", SnapshotSelectionCriteria.Latest, long.MaxValue)).ShouldBeOfType<LoadSnapshotFailed>();
        (await redis.GetDatabase().SortedSetLengthAsync($"{_prefix}snapshot:p")).ShouldBe(2);
    }

    /// <summary>A configuration of the version before, which had to bind JSON, does not change how snapshots are written.</summary>
    [Fact]
    public async Task Should_write_the_form_of_the_package_when_the_configuration_binds_another_serializer()
    {
        const string Store = "embedded";
        const string Json = "akka.actor.serialization-bindings { \"Akka.Persistence.SelectedSnapshot, Akka.Persistence\" = json }";
        using var kit = new Owned(new PluginKit(stores.Connection(Store), _prefix, more: Json));
        Save(kit.Kit, 10, s_start, new byte[] { 1, 2, 3 });
        await using var redis = stores.Open(Store);
        var member = (await redis.GetDatabase().SortedSetRangeByRankAsync($"{_prefix}snapshot:p")).Single();
        Convert.ToHexString((byte[])member!).ShouldBe("0A0170100A1A0608A5EBDCCA06220708041203010203");
    }

    /// <summary>As shipped, nothing falls back to JSON: what has no serializer is refused when it is saved, and bytes are written.</summary>
    [Fact]
    public void Should_write_bytes_and_refuse_what_has_no_serializer_when_only_registered_types_are_allowed()
    {
        using var kit = new Owned(new PluginKit(
            stores.Connection("embedded"), _prefix, more: "akka.actor.serialization-settings.allow-unregistered-types = off"));
        Save(kit.Kit, 1, s_start, new byte[] { 1 });
        kit.Kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata("p", 2, s_start), new Version(1, 2))).ShouldBeOfType<SaveSnapshotFailure>();
    }

    /// <summary>A node of this version goes on with what the version before saved, and deletes it by time as well.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Should_read_and_delete_what_the_version_before_saved(string store)
    {
        const string Json = """
            {"$id":"1","$type":"Akka.Persistence.SelectedSnapshot, Akka.Persistence","Metadata":{"$id":"2","$type":"Akka.Persistence.SnapshotMetadata, Akka.Persistence","PersistenceId":"p","SequenceNr":10,"Timestamp":"2026-01-02T03:04:05Z"},"Snapshot":{"$type":"System.Byte[], System.Private.CoreLib","$value":"AQID"}}
            """;
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        await using var redis = stores.Open(store);
        var slot = store == "Redis Cluster" ? "{__p}." : "";
        await redis.GetDatabase().SortedSetAddAsync($"{slot}{_prefix}snapshot:p", Json, 10);
        ((byte[]?)Load(kit.Kit, SnapshotSelectionCriteria.Latest)).ShouldBe([1, 2, 3]);
        Save(kit.Kit, 11, s_start.AddMinutes(1), new byte[] { 4 });
        ((byte[]?)Load(kit.Kit, new SnapshotSelectionCriteria(10))).ShouldBe([1, 2, 3]);
        kit.Kit.AskSnapshots(new DeleteSnapshots("p", new SnapshotSelectionCriteria(11, s_start))).ShouldBeOfType<DeleteSnapshotsSuccess>();
        Load(kit.Kit, new SnapshotSelectionCriteria(10)).ShouldBeNull();
        ((byte[]?)Load(kit.Kit, SnapshotSelectionCriteria.Latest)).ShouldBe([4]);
    }

    [FactNeedsRedis]
    public async Task Should_fail_while_Redis_is_away()
    {
        var server = await RedisServer.StartAsync();
        await using var disposal = server;
        using var kit = new Owned(new PluginKit(server.Address, _prefix));
        Save(kit.Kit, 1, s_start, "s1");
        await server.KillAsync();
        kit.Kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata("p", 2, s_start), "s2")).ShouldBeOfType<SaveSnapshotFailure>();
        kit.Kit.AskSnapshots(new LoadSnapshot("p", SnapshotSelectionCriteria.Latest, long.MaxValue)).ShouldBeOfType<LoadSnapshotFailed>();
        kit.Kit.AskSnapshots(new DeleteSnapshot(new SnapshotMetadata("p", 1, DateTime.MinValue))).ShouldBeOfType<DeleteSnapshotFailure>();
    }

    private static void Save(PluginKit kit, long number, DateTime time, object snapshot) =>
        kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata("p", number, time), snapshot)).ShouldBeOfType<SaveSnapshotSuccess>();

    private static object? Load(PluginKit kit, SnapshotSelectionCriteria criteria) =>
        kit.AskSnapshots(new LoadSnapshot("p", criteria, long.MaxValue)).ShouldBeOfType<LoadSnapshotResult>().Snapshot?.Snapshot;

    private void With(string store, Action<PluginKit> test)
    {
        using var kit = new Owned(new PluginKit(stores.Connection(store), _prefix));
        test(kit.Kit);
    }
}
