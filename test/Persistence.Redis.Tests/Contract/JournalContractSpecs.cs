using Akka.Persistence;
using Akka.Persistence.Fsm;

namespace ChatAkka.Persistence.Redis.Tests.Contract;

/// <summary>Akka's specification for journals, on every store: five events are there, written one by one and the last two at once.</summary>
public sealed class JournalContractSpecs(ContractKits kits) : IClassFixture<ContractKits>
{
    private readonly string _id = ContractKits.NewId();

    public static TheoryData<string> Stores => StoresFixture.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_all_events(string store) => Check(Filled(store).ReplayEvents(_id), 1, 5);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_from_a_lower_bound(string store) => Check(Filled(store).ReplayEvents(_id, from: 3), 3, 5);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_up_to_an_upper_bound(string store) => Check(Filled(store).ReplayEvents(_id, to: 3), 1, 3);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_so_many_as_are_asked_for(string store) => Check(Filled(store).ReplayEvents(_id, max: 3), 1, 3);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_between_two_bounds(string store) => Check(Filled(store).ReplayEvents(_id, from: 2, to: 3), 2, 3);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_so_many_as_are_asked_for_between_two_bounds(string store) => Check(Filled(store).ReplayEvents(_id, from: 2, to: 5, max: 2), 2, 3);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_one_event_when_both_bounds_are_equal(string store) => Check(Filled(store).ReplayEvents(_id, from: 2, to: 2), 2, 2);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_one_event_when_one_is_asked_for(string store) => Check(Filled(store).ReplayEvents(_id, from: 2, to: 4, max: 1), 2, 2);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_nothing_when_none_is_asked_for(string store) => Check(Filled(store).ReplayEvents(_id, from: 2, to: 4, max: 0), 1, 0);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_nothing_when_the_lower_bound_is_above_the_upper_one(string store) => Check(Filled(store).ReplayEvents(_id, from: 3, to: 2), 1, 0);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_replay_nothing_when_nothing_was_written(string store) => Check(kits.Kit(store).ReplayEvents(_id, from: 0), 1, 0, highest: 0);

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_not_replay_what_was_deleted(string store)
    {
        var kit = Filled(store);
        var subscriber = kit.CreateTestProbe();
        kit.Sys.EventStream.Subscribe(subscriber, typeof(DeleteMessagesTo));
        kit.Delete(_id, 3);
        subscriber.FishForMessage<DeleteMessagesTo>(m => m.PersistenceId == _id && m.ToSequenceNr == 3);
        Check(kit.ReplayEvents(_id), 4, 5);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_keep_the_highest_number_when_some_events_are_deleted(string store)
    {
        var kit = Filled(store);
        Check(kit.ReplayEvents(_id, from: 0), 1, 5);
        kit.Delete(_id, 3);
        Check(kit.ReplayEvents(_id, from: 0), 4, 5);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_keep_the_highest_number_when_all_events_are_deleted(string store)
    {
        var kit = Filled(store);
        kit.Delete(_id, long.MaxValue);
        Check(kit.ReplayEvents(_id, from: 0), 1, 0);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_write_and_read_an_event_that_holds_an_actor(string store)
    {
        var kit = Filled(store);
        var payload = new Addressed(kit.CreateTestProbe().Ref);
        kit.Write([PluginKit.Event(_id, 6, payload)])[1].ShouldBeOfType<WriteMessageSuccess>().Persistent.Payload.ShouldBe(payload);
        var (events, highest) = kit.ReplayEvents(_id, from: 6);
        events.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Payload.ShouldBe(payload),
            e => e.SequenceNr.ShouldBe(6),
            e => e.PersistenceId.ShouldBe(_id),
            e => e.WriterGuid.ShouldBe("writer"));
        highest.ShouldBe(6);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_reject_an_event_that_cannot_be_written_and_write_the_others(string store)
    {
        var kit = Filled(store);
        var answers = kit.Write([PluginKit.Event(_id, 6, "b-6")], [PluginKit.Event(_id, 7, new Unwritable())], [PluginKit.Event(_id, 8, "b-8")]);
        answers[0].ShouldBeOfType<WriteMessagesSuccessful>();
        answers[1].ShouldBeOfType<WriteMessageSuccess>().Persistent.Payload.ShouldBe("b-6");
        answers[2].ShouldBeOfType<WriteMessageRejected>().Persistent.ShouldSatisfyAllConditions(
            p => p.SequenceNr.ShouldBe(7), p => p.Payload.ShouldBeOfType<Unwritable>());
        answers[3].ShouldBeOfType<WriteMessageSuccess>().Persistent.Payload.ShouldBe("b-8");
        kit.Replay(_id, from: 6).Payloads.ShouldBe(["b-6", "b-8"]);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_write_an_event_as_its_own_serializer_does(string store) =>
        Written(store, new TypedDotted("a")).Payload.ShouldBe(new TypedDotted(".a."));

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_write_an_event_with_the_manifest_of_its_serializer(string store) =>
        Written(store, new NamedDotted("b")).Payload.ShouldBe(new NamedDotted(".b."));

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_write_an_event_with_the_manifest_of_its_adapter(string store) => Written(store, new AdaptedDotted("c")).ShouldSatisfyAllConditions(
        e => e.Payload.ShouldBe(new AdaptedDotted(".c.")), e => e.Manifest.ShouldBe("adapted"));

    [Theory]
    [MemberData(nameof(Stores))]
    public void Should_write_the_state_change_of_a_persistent_state_machine(string store)
    {
        var change = new PersistentFSM.StateChangeEvent("init", TimeSpan.FromSeconds(342));
        Written(store, change).Payload.ShouldBeOfType<PersistentFSM.StateChangeEvent>().ShouldSatisfyAllConditions(
            e => e.StateIdentifier.ShouldBe("init"), e => e.Timeout.ShouldBe(TimeSpan.FromSeconds(342)));
    }

    private IPersistentRepresentation Written(string store, object payload)
    {
        var kit = kits.Kit(store);
        kit.Write([PluginKit.Event(_id, 1, payload)])[1].ShouldBeOfType<WriteMessageSuccess>();
        var written = kit.ReplayEvents(_id, from: 0).Events.ShouldHaveSingleItem();
        written.SequenceNr.ShouldBe(1);
        written.PersistenceId.ShouldBe(_id);
        return written;
    }

    private PluginKit Filled(string store)
    {
        var kit = kits.Kit(store);
        var events = Enumerable.Range(1, 5).Select(n => PluginKit.Event(_id, n, $"a-{n}")).ToArray();
        var answers = kit.Write([events[0]], [events[1]], [events[2]], [events[3], events[4]]);
        answers[0].ShouldBeOfType<WriteMessagesSuccessful>();
        answers.Skip(1).Cast<WriteMessageSuccess>().Select(a => a.Persistent.SequenceNr).ShouldBe([1, 2, 3, 4, 5]);
        return kit;
    }

    private void Check((List<IPersistentRepresentation> Events, long Highest) replayed, int first, int last, long highest = 5)
    {
        var numbers = Enumerable.Range(first, last - first + 1).ToList();
        replayed.Events.Select(e => e.SequenceNr).ShouldBe(numbers.Select(n => (long)n));
        replayed.Events.Select(e => e.Payload).ShouldBe(numbers.Select(n => (object)$"a-{n}"));
        replayed.Events.ShouldAllBe(e => e.PersistenceId == _id && !e.IsDeleted);
        replayed.Highest.ShouldBe(highest);
    }
}
