using Akka.Persistence;
using Akka.Persistence.Fsm;

namespace ChatAkka.Persistence.Redis.Tests.Contract;

/// <summary>Akka's specification for snapshot stores, on every store: five snapshots are there, with the numbers 11 to 15.</summary>
public sealed class SnapshotStoreContractSpecs(ContractKits kits) : IClassFixture<ContractKits>
{
    private readonly string _id = ContractKits.NewId();
    private readonly List<SnapshotMetadata> _saved = [];

    public static TheoryData<string> Stores => StoresFixture.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_nothing_of_an_entity_that_is_not_there(string store) =>
        Load(Filled(store), SnapshotSelectionCriteria.Latest, id: "invalid").ShouldBeNull();

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_nothing_when_all_are_newer(string store) =>
        Load(Filled(store), new SnapshotSelectionCriteria(long.MaxValue, new DateTime(100000))).ShouldBeNull();

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_nothing_when_all_numbers_are_higher(string store)
    {
        Load(Filled(store), new SnapshotSelectionCriteria(7)).ShouldBeNull();
        Load(kits.Kit(store), SnapshotSelectionCriteria.Latest, upTo: 7).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_the_latest(string store) => Check(Load(Filled(store), SnapshotSelectionCriteria.Latest), 5);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_the_latest_up_to_a_number(string store)
    {
        Check(Load(Filled(store), new SnapshotSelectionCriteria(13)), 3);
        Check(Load(kits.Kit(store), SnapshotSelectionCriteria.Latest, upTo: 13), 3);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_the_latest_up_to_a_number_and_a_time(string store)
    {
        var kit = Filled(store);
        Check(Load(kit, new SnapshotSelectionCriteria(13, _saved[2].Timestamp)), 3);
        Check(Load(kit, new SnapshotSelectionCriteria(long.MaxValue, _saved[2].Timestamp), upTo: 13), 3);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_delete_one_by_its_number_and_time(string store)
    {
        var kit = Filled(store);
        Published(kit, new DeleteSnapshot(_saved[2])).ShouldBeOfType<DeleteSnapshotSuccess>();
        Check(Load(kit, new SnapshotSelectionCriteria(13)), 2);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_delete_one_by_its_number_when_no_time_is_given(string store)
    {
        var kit = Filled(store);
        Published(kit, new DeleteSnapshot(new SnapshotMetadata(_id, 13, DateTime.MinValue))).ShouldBeOfType<DeleteSnapshotSuccess>();
        Check(Load(kit, new SnapshotSelectionCriteria(13)), 2);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_not_delete_one_by_its_number_when_it_is_newer(string store)
    {
        var kit = Filled(store);
        Published(kit, new DeleteSnapshot(new SnapshotMetadata(_id, 13, _saved[2].Timestamp.AddSeconds(-2)))).ShouldBeOfType<DeleteSnapshotSuccess>();
        Check(Load(kit, new SnapshotSelectionCriteria(13)), 3);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_delete_all_up_to_a_number_and_a_time(string store)
    {
        var kit = Filled(store);
        var criteria = new SnapshotSelectionCriteria(13, _saved[2].Timestamp);
        Published(kit, new DeleteSnapshots(_id, criteria)).ShouldBeOfType<DeleteSnapshotsSuccess>();
        Load(kit, criteria).ShouldBeNull();
        Check(Load(kit, new SnapshotSelectionCriteria(14, _saved[3].Timestamp)), 4);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_not_delete_what_is_newer_than_the_bound(string store)
    {
        var kit = Filled(store);
        var criteria = new SnapshotSelectionCriteria(14, _saved[3].Timestamp.AddTicks(-1));
        Published(kit, new DeleteSnapshots(_id, criteria)).ShouldBeOfType<DeleteSnapshotsSuccess>().Criteria.ShouldBe(criteria);
        Check(Load(kit, new SnapshotSelectionCriteria(14, _saved[3].Timestamp)), 4);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_what_was_saved_last_under_one_number(string store)
    {
        var kit = Filled(store);
        kit.AskSnapshots(new SaveSnapshot(_saved[4], "s-5-modified")).ShouldBeOfType<SaveSnapshotSuccess>().Metadata.SequenceNr.ShouldBe(15);
        var loaded = Load(kit, new SnapshotSelectionCriteria(15));
        loaded.ShouldNotBeNull().Snapshot.ShouldBe("s-5-modified");
        loaded.Metadata.SequenceNr.ShouldBe(15);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_save_a_large_one(string store)
    {
        var large = new byte[100_000];
        new Random(1).NextBytes(large);
        SavedAndLoaded(store, large).ShouldBeOfType<byte[]>().ShouldBe(large);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_save_one_that_holds_an_actor(string store)
    {
        var payload = new Addressed(kits.Kit(store).CreateTestProbe().Ref);
        SavedAndLoaded(store, payload).ShouldBe(payload);
    }

    /// <summary>Failed while snapshots were kept as JSON.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_save_the_payload_as_its_own_serializer_does(string store) =>
        SavedAndLoaded(store, new TypedDotted("a")).ShouldBe(new TypedDotted(".a."));

    /// <summary>Failed while snapshots were kept as JSON.</summary>
    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_save_the_payload_with_the_manifest_of_its_serializer(string store) =>
        SavedAndLoaded(store, new NamedDotted("a")).ShouldBe(new NamedDotted(".a."));

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_save_deliveries_that_wait_for_confirmation(string store)
    {
        var path = kits.Kit(store).TestActor.Path;
        var waiting = new AtLeastOnceDeliverySnapshot(
            17, [new UnconfirmedDelivery(1, path, "a"), new UnconfirmedDelivery(2, path, "b"), new UnconfirmedDelivery(3, path, 42)]);
        SavedAndLoaded(store, waiting).ShouldBe(waiting);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_save_that_no_delivery_waits_for_confirmation(string store)
    {
        var nothing = new AtLeastOnceDeliverySnapshot(13, []);
        SavedAndLoaded(store, nothing).ShouldBe(nothing);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_save_the_state_of_a_persistent_state_machine(string store)
    {
        var state = new PersistentFSM.PersistentFSMSnapshot<string>("mystate", "mydata", TimeSpan.FromDays(4));
        SavedAndLoaded(store, state).ShouldBe(state);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_accept_two_of_one_number(string store)
    {
        var kit = kits.Kit(store);
        foreach (var payload in new object[] { new Addressed(kit.CreateTestProbe().Ref), 3 })
        {
            var metadata = new SnapshotMetadata(_id, 3, DateTime.UtcNow);
            kit.AskSnapshots(new SaveSnapshot(metadata, payload)).ShouldBeOfType<SaveSnapshotSuccess>().Metadata.ShouldBe(metadata);
        }

        Load(kit, SnapshotSelectionCriteria.Latest)!.Snapshot.ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_the_last_one_when_several_are_saved_at_once_without_events(string store) => CheckLastOfSeveral(store, events: 0);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_load_the_last_one_when_several_are_saved_at_once_behind_events(string store) => CheckLastOfSeveral(store, events: 2);

    private void CheckLastOfSeveral(string store, int events)
    {
        var kit = kits.Kit(store);
        for (var round = 0; round < 10; round++)
        {
            var id = ContractKits.NewId();
            if (events > 0)
                kit.WriteRange(id, 1, events);
            var probe = kit.CreateTestProbe();
            foreach (var n in Enumerable.Range(0, 4))
                kit.Snapshots.Tell(new SaveSnapshot(new SnapshotMetadata(id, events, DateTime.UtcNow), $"s-{n}"), probe);
            for (var n = 0; n < 4; n++)
                probe.ExpectMsg<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
            Load(kit, SnapshotSelectionCriteria.Latest, id: id)!.Snapshot.ShouldBe("s-3");
        }
    }

    private object SavedAndLoaded(string store, object payload)
    {
        var kit = kits.Kit(store);
        kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata(_id, 100, DateTime.UtcNow), payload)).ShouldBeOfType<SaveSnapshotSuccess>()
            .Metadata.ShouldSatisfyAllConditions(m => m.PersistenceId.ShouldBe(_id), m => m.SequenceNr.ShouldBe(100));
        var loaded = Load(kit, SnapshotSelectionCriteria.Latest).ShouldNotBeNull();
        loaded.Metadata.ShouldSatisfyAllConditions(m => m.PersistenceId.ShouldBe(_id), m => m.SequenceNr.ShouldBe(100));
        return loaded.Snapshot;
    }

    private PluginKit Filled(string store)
    {
        var kit = kits.Kit(store);
        for (var n = 1; n <= 5; n++)
            _saved.Add(kit.AskSnapshots(new SaveSnapshot(new SnapshotMetadata(_id, n + 10, DateTime.UtcNow), $"s-{n}")).ShouldBeOfType<SaveSnapshotSuccess>().Metadata);
        return kit;
    }

    private SelectedSnapshot? Load(PluginKit kit, SnapshotSelectionCriteria criteria, long upTo = long.MaxValue, string? id = null)
    {
        var result = kit.AskSnapshots(new LoadSnapshot(id ?? _id, criteria, upTo)).ShouldBeOfType<LoadSnapshotResult>();
        result.ToSequenceNr.ShouldBe(upTo);
        return result.Snapshot;
    }

    private static object Published(PluginKit kit, object command)
    {
        var subscriber = kit.CreateTestProbe();
        kit.Sys.EventStream.Subscribe(subscriber, command.GetType());
        var answer = kit.AskSnapshots(command);
        subscriber.ExpectMsg<object>(TimeSpan.FromSeconds(30)).ShouldBe(command);
        return answer;
    }

    private void Check(SelectedSnapshot? loaded, int which)
    {
        loaded.ShouldNotBeNull().Metadata.ShouldBe(_saved[which - 1]);
        loaded.Snapshot.ShouldBe($"s-{which}");
    }
}
