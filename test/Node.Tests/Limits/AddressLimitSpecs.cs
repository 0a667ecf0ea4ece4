using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Tests.Transport;
using ChatAkka.Node.Transport;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Limits;

/// <summary>Clients of one address that has limits, on sockets.</summary>
public class AddressLimitSpecs() : TestKit("akka.loglevel = WARNING")
{
    private readonly NodeCounters _counters = new();

    [Fact]
    public async Task Should_tell_one_client_too_many_why_it_is_closed_and_take_the_next_when_one_left()
    {
        var listener = new ListenerKit(this, new SocketTransportKit(Door(connections: 2)), TimeProvider.System);
        using var first = await listener.ConnectAndPingAsync();
        using var second = await listener.ConnectAndPingAsync();
        using (var third = await listener.ConnectAsync())
        {
            (await third.LineAsync()).ShouldBe("""{"error":"too_many_from_address","text":"too many connections from your address; try again later"}""");
            (await third.IsClosedAsync()).ShouldBeTrue();
        }

        listener.Connections.Count.ShouldBe(2);
        listener.Counters.ToString().ShouldContain("lines or connections too_many_from_address 1");
        first.Dispose();
        await Eventually.TrueAsync(() => listener.Connections.Count == 1, "one left");
        using var next = await listener.ConnectAndPingAsync();
    }

    [Fact]
    public async Task Should_only_close_those_beyond_the_first_that_are_refused()
    {
        var listener = new ListenerKit(this, new SocketTransportKit(Door(connections: 1)), TimeProvider.System);
        using var first = await listener.ConnectAndPingAsync();
        var told = 0;
        for (var i = 0; i < 60; i++)
        {
            using var client = await listener.ConnectAsync();
            try
            {
                told += await client.LineAsync() is { Length: > 0 } ? 1 : 0;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // It is closed, and nothing more.
            }
        }

        told.ShouldBeInRange((int)AddressLimits.Told.Burst, 50);
        _counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["address.connections"] = 60 });
        await first.SendAsync("ping");
        (await first.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_close_a_client_of_TLS_before_its_handshake()
    {
        using var kit = new TlsTransportKit(Door(connections: 1));
        var listener = new ListenerKit(this, kit, TimeProvider.System);
        using (var silent = await ConnectAsync(listener))
        {
            using var second = await ConnectAsync(listener);
            (await second.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Limit)).ShouldBe(0, "it is closed although it sent nothing");
            _counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["address.connections"] = 1 });
        }

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using var next = await listener.ConnectAndPingAsync();
                return true;
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                return false;
            }
        }, "a handshake that failed gives its place back");
    }

    private static async Task<Socket> ConnectAsync(ListenerKit listener)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(listener.Address));
        return socket;
    }

    private ClientDoor Door(int connections) =>
        new(new AddressGate(AddressLimits.None with { Connections = connections, TableSize = 10, Exempt = [] }, _counters, TimeProvider.System));
}
