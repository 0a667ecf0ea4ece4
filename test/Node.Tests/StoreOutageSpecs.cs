using ChatAkka.Node.Mailboxes;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>When the beginning and the end of an outage of the store are told.</summary>
public class StoreOutageSpecs
{
    private readonly ManualTime _time = new();
    private readonly StoreOutage _outage;

    public StoreOutageSpecs() => _outage = new StoreOutage(TimeSpan.FromMinutes(1), _time);

    [Fact]
    public void Should_begin_once_and_end_once_when_all_partitions_fail_and_come_back()
    {
        Enumerable.Range(0, 32).Concat(Enumerable.Range(0, 32)).Count(_outage.Failed).ShouldBe(1);
        Enumerable.Range(0, 31).Count(_outage.Answered).ShouldBe(0);
        _outage.Answered(31).ShouldBeTrue();
        Enumerable.Range(0, 32).Count(_outage.Answered).ShouldBe(0);
    }

    [Fact]
    public void Should_begin_again_when_the_last_outage_is_over()
    {
        _outage.Failed(1).ShouldBeTrue();
        _outage.Answered(1).ShouldBeTrue();
        _outage.Failed(1).ShouldBeTrue();
    }

    [Fact]
    public void Should_not_end_while_one_partition_fails_and_the_others_are_written()
    {
        _outage.Failed(1).ShouldBeTrue();
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            _outage.Answered(2).ShouldBeFalse();
            _outage.Failed(1).ShouldBeFalse();
        }
    }

    [Fact]
    public void Should_end_when_the_partition_that_failed_has_gone_to_another_node()
    {
        _outage.Failed(1);
        _time.Advance(TimeSpan.FromSeconds(60));
        _outage.Answered(2).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        _outage.Answered(2).ShouldBeTrue();
    }
}
