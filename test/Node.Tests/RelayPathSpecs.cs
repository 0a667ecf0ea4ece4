using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Links;

namespace ChatAkka.Node.Tests;

public class RelayPathSpecs : TestKit
{
    private readonly RelayPath _path = new(TimeSpan.FromMilliseconds(50));

    [Fact]
    public void Should_use_a_relay_that_spoke_and_the_one_of_the_later_term()
    {
        _path.Usable.ShouldBeNull();
        _path.Heard(TestActor, 5, Stamp()).ShouldBeTrue();
        _path.Heard(TestActor, 5, Stamp()).ShouldBeFalse("nothing changed");
        _path.Usable.ShouldBe(TestActor);
        var next = CreateTestProbe();
        _path.Heard(next, 6, Stamp()).ShouldBeTrue();
        _path.Usable.ShouldBe(next.Ref);
        _path.IsOutOfOffice(5).ShouldBeTrue();
        _path.IsOutOfOffice(6).ShouldBeFalse();
    }

    [Fact]
    public void Should_doubt_a_relay_whose_connection_is_lost_until_it_speaks()
    {
        _path.Heard(TestActor, 5, Stamp());
        _path.Doubt(new Address("akka.tcp", "other", "h", 1)).ShouldBeFalse("that is another process");
        _path.Doubt(TestActor.Path.Address).ShouldBeTrue();
        _path.Usable.ShouldBeNull();
        _path.Doubt(TestActor.Path.Address).ShouldBeFalse("it is doubted already");
        _path.Heard(TestActor, 5, Stamp()).ShouldBeTrue();
        _path.Usable.ShouldBe(TestActor);
    }

    [Fact]
    public async Task Should_doubt_a_relay_that_is_silent()
    {
        _path.CheckSilence(TimeProvider.System).ShouldBeFalse("there is none");
        _path.Heard(TestActor, 5, Stamp());
        await Task.Delay(80);
        _path.CheckSilence(TimeProvider.System).ShouldBeTrue();
        _path.Usable.ShouldBeNull();
        _path.CheckSilence(TimeProvider.System).ShouldBeFalse();
    }

    [Fact]
    public void Should_forget_a_relay_that_died_and_no_other()
    {
        _path.Heard(TestActor, 5, Stamp());
        _path.Died(CreateTestProbe()).ShouldBeFalse();
        _path.Died(TestActor).ShouldBeTrue();
        _path.Relay.ShouldBeNull();
        _path.IsOutOfOffice(4).ShouldBeTrue("its term still counts");
    }

    private static long Stamp() => TimeProvider.System.GetTimestamp();
}
