using System.Net;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Telemetry;
using ChatAkka.TestSupport;
using CsCheck;

namespace ChatAkka.Node.Tests.Limits;

public class AddressTableSpecs
{
    private static readonly AddressLimits s_limits = AddressLimits.None with { TableSize = 3, Exempt = [] };
    private readonly ManualTime _time = new();
    private readonly NodeCounters _counters = new();

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.0", "::", false)]
    public void Should_count_an_address_of_IPv4_or_a_64_of_IPv6(string one, string other, bool isSame) =>
        AddressKey.Of(IPAddress.Parse(one)).Equals(AddressKey.Of(IPAddress.Parse(other))).ShouldBe(isSame);

    [Fact]
    public void Should_hold_no_more_connections_and_addresses_than_allowed_whatever_comes_and_goes() =>
        Gen.Select(Gen.Int[0, 5], Gen.Bool).Array[1, 300].Sample(steps =>
        {
            var table = new AddressTable(s_limits with { Connections = 2 });
            var open = new Dictionary<int, int>();
            foreach (var (address, comes) in steps)
            {
                var held = open.GetValueOrDefault(address);
                if (comes)
                {
                    var expected = held == 2 ? AddressVerdict.TooMany
                        : held == 0 && open.Count(o => o.Value > 0) == 3 ? AddressVerdict.TableFull : AddressVerdict.Accept;
                    table.Enter(Key(address), TimeSpan.Zero).ShouldBe(expected);
                    open[address] = held + (expected == AddressVerdict.Accept ? 1 : 0);
                }
                else if (held > 0)
                {
                    table.Leave(Key(address));
                    open[address] = held - 1;
                }

                table.Count.ShouldBeLessThanOrEqualTo(3);
            }

            table.ForgottenEarly.ShouldBe(0, "nothing counts but connections");
        });

    [Fact]
    public void Should_forget_who_was_used_least_recently_and_count_it_if_that_counts_still()
    {
        var table = new AddressTable(s_limits with { FailedLogins = new Rate(1, 1) });
        table.CountFailedLogin(Key(1), TimeSpan.Zero);
        table.CountFailedLogin(Key(2), TimeSpan.Zero);
        table.CountFailedLogin(Key(3), TimeSpan.Zero);
        table.CountFailedLogin(Key(1), TimeSpan.Zero);
        table.Enter(Key(4), TimeSpan.Zero).ShouldBe(AddressVerdict.Accept);
        table.ForgottenEarly.ShouldBe(1);
        table.MayLogIn(Key(2), TimeSpan.Zero).ShouldBeTrue("it was forgotten");
        table.MayLogIn(Key(1), TimeSpan.Zero).ShouldBeFalse();
        table.MayLogIn(Key(3), TimeSpan.Zero).ShouldBeFalse();
        table.Enter(Key(5), TimeSpan.FromSeconds(1)).ShouldBe(AddressVerdict.Accept);
        table.ForgottenEarly.ShouldBe(1, "after a second it does not count any more");
    }

    [Fact]
    public void Should_bound_connections_and_how_fast_they_come_and_give_a_place_back_once()
    {
        var gate = Gate(s_limits with { Connections = 2, Connects = new Rate(1, 3) });
        var first = Enter(gate)!;
        var second = Enter(gate)!;
        Enter(gate).ShouldBeNull();
        first.Dispose();
        first.Dispose();
        var third = Enter(gate);
        third.ShouldNotBeNull();
        Enter(gate).ShouldBeNull("a place is given back once");
        second.Dispose();
        Enter(gate).ShouldBeNull("three came already");
        _counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["address.connections"] = 2, ["address.connects-per-second"] = 1 });
        _time.Advance(TimeSpan.FromSeconds(1));
        Enter(gate).ShouldNotBeNull();
    }

    [Fact]
    public void Should_tell_some_of_those_that_are_refused_and_not_all()
    {
        var gate = Gate(s_limits with { Connections = 1 });
        Enter(gate).ShouldNotBeNull();
        var told = 0;
        for (var i = 0; i < 100; i++)
        {
            gate.Enter(IPAddress.Parse("10.0.0.1"), out var mayTell).ShouldBeNull();
            told += mayTell ? 1 : 0;
        }

        told.ShouldBe((int)AddressLimits.Told.Burst);
    }

    [Fact]
    public void Should_name_and_count_what_happens_at_the_bound_of_the_table()
    {
        var gate = Gate(s_limits with { Connections = 1 });
        for (var i = 1; i <= 3; i++)
            Enter(gate, $"10.0.0.{i}").ShouldNotBeNull();
        Enter(gate, "10.0.0.4").ShouldBeNull();
        _counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["address.table-size: refused"] = 1 });
    }

    [Theory]
    [InlineData("127.0.0.9", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.0.0.1", false)]
    public void Should_not_limit_addresses_that_are_exempt(string address, bool isExempt)
    {
        var gate = Gate(s_limits with { Connections = 1, FailedLogins = new Rate(1, 1), NewRecipients = new Rate(1, 1), Exempt = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")] });
        var ip = IPAddress.Parse(address);
        Enter(gate, address).ShouldNotBeNull();
        (Enter(gate, address) is not null).ShouldBe(isExempt);
        gate.CountFailedLogin(ip);
        gate.MayLogIn(ip).ShouldBe(isExempt);
        gate.TryBeginRecipient(ip).ShouldBeTrue();
        gate.TryBeginRecipient(ip).ShouldBe(isExempt);
    }

    private AddressGate Gate(AddressLimits limits) => new(limits, _counters, _time);

    private static IDisposable? Enter(AddressGate gate, string address = "10.0.0.1") => gate.Enter(IPAddress.Parse(address), out _);

    private static AddressKey Key(int number) => new(false, (ulong)number);
}
