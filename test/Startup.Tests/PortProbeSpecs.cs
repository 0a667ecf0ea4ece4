using System.Net;
using System.Net.Sockets;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

public class PortProbeSpecs
{
    private static readonly CrashProbeSettings s_settings = new(
        Refusals: 3, Interval: TimeSpan.FromMilliseconds(20), Timeout: TimeSpan.FromSeconds(5), GiveUpAfter: TimeSpan.FromSeconds(20));

    [Fact]
    public async Task Should_know_a_port_without_a_process() =>
        (await PortProbe.IsRefusedAsync("127.0.0.1", FreePorts.Next(), s_settings, TimeProvider.System)).ShouldBeTrue();

    [Fact]
    public async Task Should_leave_a_living_process_alone()
    {
        using var listener = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        listener.Start();
        (await PortProbe.IsRefusedAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, s_settings with { GiveUpAfter = TimeSpan.FromMilliseconds(300) }, TimeProvider.System)).ShouldBeFalse();
    }

    [Fact]
    public async Task Should_wait_for_a_process_that_is_still_dying()
    {
        var listener = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        listener.Start();
        var probe = PortProbe.IsRefusedAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, s_settings, TimeProvider.System);
        await Task.Delay(100);
        listener.Dispose();
        (await probe).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_take_a_name_that_leads_nowhere_for_no_sign() =>
        (await PortProbe.IsRefusedAsync("no-such-host.invalid", 1, s_settings, TimeProvider.System)).ShouldBeFalse();
}
