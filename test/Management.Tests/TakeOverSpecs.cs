using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using ChatAkka.Management.Hosting;
using ChatAkka.Startup;
using ChatAkka.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatAkka.Management.Tests;

/// <summary>Several processes of one machine, of which one has the port where nobody named another.</summary>
public sealed class TakeOverSpecs : IAsyncLifetime
{
    private readonly TcpListener _first = new(IPAddress.Loopback, FreePorts.Next());
    private IHost _host = null!;

    private string Address => _first.LocalEndpoint.ToString()!;

    public async Task InitializeAsync()
    {
        _first.Start();
        var settings = HostSpecs.Settings with { Address = HostPort.TryParse(Address), IsAsked = false };
        var warnings = new StringWriter();
        var endpoint = ManagementEndpoint.Bind(settings, warnings);
        warnings.ToString().ShouldContain($"{Address} is in use");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddAkka("later", akka => akka
            .AddHocon("akka { loglevel = OFF, actor.provider = cluster, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }", HoconAddMode.Replace)
            .WithPbm(endpoint, settings, _ => [new GreetPalette()]));
        _host = builder.Build();
        await _host.StartAsync();

        // It tried once, and waits, when it answers this.
        await _host.Services.GetRequiredService<ActorSystem>().ActorSelection("/user/pbm").ResolveOne(Eventually.Limit);
    }

    public async Task DisposeAsync()
    {
        _first.Stop();
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task Should_take_the_port_when_whoever_had_it_is_gone()
    {
        var port = ((IPEndPoint)_first.LocalEndpoint).Port;
        var address = Address;
        TestPorts.Listeners(port).ShouldBe(1);
        _first.Stop();
        await Eventually.TrueAsync(() => TestPorts.Listeners(port) == 1, "the other process listens");
        (await PbmProcess.RunAsync(address, "greet", "hello", "you")).Output.ShouldBe("hello you\n");
    }

    [Fact]
    public async Task Should_begin_anew_with_no_client_when_its_host_fails()
    {
        var address = Address;
        _first.Stop();
        await Eventually.TrueAsync(async () => (await PbmProcess.RunAsync(address, "greet", "hello", "you")).Code == 0, "it listens");
        await using var counting = PbmProcess.Start(address, "greet", "count");
        await counting.WaitForAsync("3\n");

        _host.Services.GetRequiredService<ActorSystem>().ActorSelection("/user/pbm/host").Tell(Kill.Instance);

        (await counting.ExitAsync()).ShouldBe(3);
        await Eventually.TrueAsync(async () => (await PbmProcess.RunAsync(address, "greet", "hello", "you")).Code == 0, "it listens again");
    }
}
