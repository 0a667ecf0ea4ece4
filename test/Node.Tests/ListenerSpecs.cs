using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Transport;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>The listener with real sockets.</summary>
public class ListenerSpecs() : TestKit("akka.loglevel = WARNING")
{
    private const int Most = 5;
    private static readonly NodeId s_self = new("here", 1, 1);
    private readonly NodeCounters _counters = new();
    private ConnectionTable _connections = null!;

    [Fact]
    public async Task Should_reset_those_that_went_first_when_more_are_being_closed_than_may_be_open()
    {
        var address = Listen();
        var gone = new List<ChatClient>();
        for (var i = 0; i < 4 * Most; i++)
        {
            gone.Add(await ChatClient.ConnectAsync(address));
            await gone[i].SendAsync("quit");
            (await gone[i].LineAsync()).ShouldBe("OK logout");
        }

        await Eventually.TrueAsync(() => _connections.Count == Most, "as many are kept as may be open");
        var cut = gone.Take(3 * Most).ToList();
        await Eventually.TrueAsync(() => cut.All(c => IsReset(c.Socket)), "the oldest are reset");
        gone.Skip(3 * Most).ShouldAllBe(c => !IsReset(c.Socket));
        _counters.ToString().ShouldContain($"connections reset while they were being closed {3 * Most}");

        // Those that are left close in peace, and are not counted any more.
        gone.ForEach(c => c.Dispose());
        await Eventually.TrueAsync(() => _connections.Count == 0, "all are closed");
        for (var i = 0; i < Most; i++)
        {
            using var client = await ChatClient.ConnectAsync(address);
            await client.SendAsync("quit");
            (await client.LineAsync()).ShouldBe("OK logout");
        }

        await Eventually.TrueAsync(() => _connections.Count == 0, "all are closed");
        _counters.ToString().ShouldContain($"connections reset while they were being closed {3 * Most}");
    }

    [Fact]
    public async Task Should_let_every_open_client_read_its_last_line_when_all_are_closed()
    {
        var address = Listen(out var listener);
        var clients = new List<ChatClient>();
        for (var i = 0; i < Most; i++)
        {
            clients.Add(await ChatClient.ConnectAsync(address));
            await clients[i].SendAsync("ping");
            (await clients[i].LineAsync()).ShouldBe("OK ping");
        }

        listener.Tell(new ListenerActor.CloseAll(ErrorCode.ServerClosing), TestActor);
        foreach (var client in clients)
        {
            (await client.LineAsync()).ShouldContain("server_closing");
            (await client.IsClosedAsync()).ShouldBeTrue();
            IsReset(client.Socket).ShouldBeFalse();
            client.Dispose();
        }

        ExpectMsg<ListenerActor.AllClosed>(Eventually.Limit);
    }

    /// <summary>True where the other side did not wait for this one to close.</summary>
    private static bool IsReset(Socket socket)
    {
        try
        {
            return socket.Send("x"u8) < 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private string Listen() => Listen(out _);

    private string Listen(out IActorRef listener)
    {
        var trace = new TraceLog(TimeProvider.System);
        _connections = new ConnectionTable(_counters, trace);
        var deliveries = new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!);
        var settings = new ConnectionSettings(1024, 128 * 1024, 1024, Eventually.Limit, null, TimeSpan.FromMinutes(1), deliveries);
        var services = new ConnectionServices(
            settings, _connections, new RouteTable(_connections, 5, s_self), TestActor, new SharedRegistry(), new NodeDirectory(s_self, TimeSpan.Zero), _counters, trace, null, TimeSpan.Zero, s_self, "", TimeProvider.System);
        var listening = new ListenerSettings(new HostPort("127.0.0.1", 0), null, Most, 64, TimeSpan.Zero);
        var parent = CreateTestProbe();
        var gateway = CreateTestProbe();
        listener = parent.ChildActorOf(Props.Create(() => new ListenerActor(new SocketTransport(), listening, services, gateway)));
        return parent.ExpectMsg<ListenerActor.Bound>(Eventually.Limit).ClientAddress;
    }
}
