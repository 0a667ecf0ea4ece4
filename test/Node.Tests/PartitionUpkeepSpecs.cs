using ChatAkka.Node.Mailboxes;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

public class PartitionUpkeepSpecs
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);
    private readonly PartitionState _state = new(Settings);
    private readonly PartitionUpkeep _upkeep;

    public PartitionUpkeepSpecs() => _upkeep = new PartitionUpkeep(_state, s_retry);

    [Fact]
    public void Should_save_when_as_much_was_written_as_the_last_snapshot_had_but_at_least_a_megabyte()
    {
        _upkeep.Wrote((1024 * 1024) - 1);
        IsDue().ShouldBeFalse();
        _upkeep.Wrote(1);
        IsDue().ShouldBeTrue();
        _upkeep.Saving(3_000_000);
        _upkeep.Wrote(9_000_000);
        IsDue().ShouldBeFalse();
        _upkeep.Saved(1);
        IsDue().ShouldBeTrue();
        _upkeep.Saving(3_000_000);
        _upkeep.Saved(2);
        _upkeep.Wrote(2_999_999);
        IsDue().ShouldBeFalse();
        _upkeep.Wrote(1);
        IsDue().ShouldBeTrue();
    }

    [Fact]
    public void Should_save_after_many_events_also_if_an_earlier_owner_wrote_them()
    {
        _upkeep.Recovered(10, 100, 1999);
        IsDue().ShouldBeFalse();
        _upkeep.Wrote(1);
        IsDue().ShouldBeTrue();
    }

    [Fact]
    public void Should_save_when_nothing_is_written_only_if_events_can_be_deleted_then()
    {
        IsDue(isIdle: true).ShouldBeFalse();
        _upkeep.Wrote(1);
        IsDue(isIdle: true).ShouldBeFalse();
        _state.Emptied.Add(1);
        IsDue(isIdle: true).ShouldBeTrue();
        IsDue().ShouldBeFalse();
        _upkeep.Saving(10);
        _upkeep.Saved(1);
        IsDue(isIdle: true).ShouldBeFalse();
    }

    [Fact]
    public void Should_save_at_once_when_it_is_forced_and_then_not_again()
    {
        _upkeep.Force();
        IsDue().ShouldBeTrue();
        _upkeep.Saving(10);
        IsDue().ShouldBeFalse();
        _upkeep.Saved(1);
        IsDue().ShouldBeFalse();
    }

    [Fact]
    public void Should_pause_after_a_failed_snapshot_and_twice_as_long_after_each_further_one()
    {
        var now = TimeSpan.FromSeconds(100);
        var pause = s_retry;
        for (var failures = 1; failures <= 10; failures++)
        {
            _upkeep.Saving(10);
            _upkeep.IsSaving.ShouldBeTrue();
            _upkeep.Failed(now);
            _upkeep.IsSaving.ShouldBeFalse();
            _upkeep.IsDue(now + pause - TimeSpan.FromTicks(1), false).ShouldBeFalse();
            _upkeep.IsDue(now + pause, false).ShouldBeTrue();
            now += pause;
            pause = failures < 8 ? pause * 2 : pause;
        }

        _upkeep.Saving(10);
        _upkeep.Saved(5);
        _upkeep.Force();
        _upkeep.IsDue(now, false).ShouldBeTrue();
    }

    [Fact]
    public void Should_delete_only_events_that_a_snapshot_stands_for_in_ranges_and_once()
    {
        _state.Emptied.AddRange([7, 3, 2, 5, 1, 9]);
        _upkeep.TakeDeletable().ShouldBeEmpty();
        _upkeep.Saved(7);
        _upkeep.TakeDeletable().ShouldBe([(1, 3), (5, 5), (7, 7)]);
        _upkeep.TakeDeletable().ShouldBeEmpty();
        _state.Emptied.ShouldBe([9L]);
        _upkeep.Saved(6);
        _upkeep.SnapshotAt.ShouldBe(7);
    }

    [Fact]
    public void Should_delete_after_recovery_what_an_earlier_owner_left_up_to_its_snapshot()
    {
        foreach (var number in new long[] { 3, 4, 8, 12 })
            _state.Events.Add(number, 10, 1);
        _state.Emptied.AddRange([9, 11]);
        _upkeep.Recovered(10, 100, 2).ShouldBe([(1, 2), (5, 7), (9, 10)]);
        _state.Emptied.ShouldBe([11L]);
        _upkeep.SnapshotAt.ShouldBe(10);
    }

    [Fact]
    public void Should_delete_nothing_after_recovery_without_a_snapshot()
    {
        _state.Events.Add(3, 10, 1);
        _state.Emptied.AddRange([1, 2]);
        _upkeep.Recovered(0, 0, 3).ShouldBeEmpty();
        _state.Emptied.ShouldBe([1L, 2L]);
    }

    private bool IsDue(bool isIdle = false) => _upkeep.IsDue(TimeSpan.Zero, isIdle);
}
