using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport;
using ChatAkka.Runtime;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

public sealed class SocketRemoteTransportSpecs : IAsyncDisposable
{
    private readonly List<ActorSystem> _systems = [];

    [Theory]
    [InlineData("socket-tcp", "socket-tcp")]
    [InlineData("socket-tcp", "dot-netty.tcp")]
    [InlineData("dot-netty.tcp", "socket-tcp")]
    public async Task Should_carry_messages_in_order_also_between_it_and_the_one_of_Akka(string from, string to)
    {
        var (near, _) = Start(from);
        var (far, address) = Start(to);
        far.ActorOf(Props.Create(() => new Echo()), "echo");
        var echo = await near.ActorSelection($"{address}/user/echo").ResolveOne(Eventually.Limit);
        var inbox = Inbox.Create(near);

        // From a few bytes to almost the largest payload.
        for (var i = 0; i < 200; i++)
            echo.Tell(Text(i), inbox.Receiver);
        for (var i = 0; i < 200; i++)
            (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBe(Text(i));

        static string Text(int i) => $"{i}:{new string('x', i * 500)}";
    }

    [Fact]
    public async Task Should_say_that_a_connection_is_lost()
    {
        var (near, _) = Start("socket-tcp");
        var (far, address) = Start("socket-tcp");
        far.ActorOf(Props.Create(() => new Echo()), "echo");
        await near.ActorSelection($"{address}/user/echo").ResolveOne(Eventually.Limit);
        var inbox = Inbox.Create(near);
        near.EventStream.Subscribe(inbox.Receiver, typeof(DisassociatedEvent));
        await far.Terminate();
        (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBeOfType<DisassociatedEvent>().RemoteAddress.ShouldBe(Address.Parse(address));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF })]
    public async Task Should_close_a_connection_that_sends_no_frames_and_serve_the_others(byte[] garbage)
    {
        var (near, _) = Start("socket-tcp");
        var (far, address) = Start("socket-tcp");
        far.ActorOf(Props.Create(() => new Echo()), "echo");
        using var stranger = new TcpClient();
        await stranger.ConnectAsync("127.0.0.1", Address.Parse(address).Port!.Value);
        await stranger.GetStream().WriteAsync(garbage);
        (await stranger.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.Limit)).ShouldBe(0);
        await near.ActorSelection($"{address}/user/echo").ResolveOne(Eventually.Limit);
    }

    [Fact]
    public void Should_have_a_serializer_for_what_travels_and_none_for_what_is_not_bound()
    {
        var (system, _) = Start("socket-tcp");
        var error = Should.Throw<System.Runtime.Serialization.SerializationException>(() => system.Serialization.FindSerializerFor(new Unbound("x")));
        error.Message.ShouldContain(nameof(Unbound));
        foreach (var message in new object[] { "text", 1, 1L, Kill.Instance, new Identify(1), new Status.Failure(new InvalidOperationException()), new Protocol.Internode.RelayHello(1) })
            system.Serialization.FindSerializerFor(message).ShouldNotBeOfType<Akka.Serialization.NewtonSoftJsonSerializer>();
    }

    [Fact]
    public async Task Should_not_send_what_is_bound_to_no_serializer_and_go_on()
    {
        var (near, _) = Start("socket-tcp");
        var (far, address) = Start("socket-tcp");
        far.ActorOf(Props.Create(() => new Echo()), "echo");
        var echo = await near.ActorSelection($"{address}/user/echo").ResolveOne(Eventually.Limit);
        var inbox = Inbox.Create(near);
        near.EventStream.Subscribe(inbox.Receiver, typeof(Akka.Event.Error));
        echo.Tell(new Unbound("x"), inbox.Receiver);
        (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBeOfType<Akka.Event.Error>().ToString().ShouldContain(nameof(Unbound));
        echo.Tell("after", inbox.Receiver);
        (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBe("after");
    }

    [Fact]
    public async Task Should_close_a_connection_that_cannot_be_served_and_take_the_next()
    {
        var (transport, address) = await ListenAsync(new Deaf());
        using var first = new TcpClient();
        await first.ConnectAsync("127.0.0.1", address.Port!.Value);
        (await first.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.Limit)).ShouldBe(0);
        using var second = new TcpClient();
        await second.ConnectAsync("127.0.0.1", address.Port!.Value);
        (await second.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.Limit)).ShouldBe(0);
        await transport.Shutdown();
    }

    [Fact]
    public async Task Should_not_share_its_port_with_another_process()
    {
        var (transport, address) = await ListenAsync(new Deaf());
        (await Should.ThrowAsync<SocketException>(() => ListenAsync(new Deaf(), address.Port!.Value))).SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);

        // Also where the other one would share: both have to allow that.
        TestPorts.CanBeShared(address.Port!.Value).ShouldBeFalse();
        await transport.Shutdown();
    }

    [Fact]
    public async Task Should_get_its_port_back_at_once_while_connections_of_its_last_life_linger()
    {
        var (transport, address) = await ListenAsync(new Deaf());
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", address.Port!.Value);

        // Closed from the side of the server first, which is what lingers.
        (await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.Limit)).ShouldBe(0);
        client.Close();
        await transport.Shutdown();
        await Eventually.TrueAsync(() => TestPorts.Lingering(address.Port!.Value) > 0, "the connection lingers");

        var (again, _) = await ListenAsync(new Deaf(), address.Port!.Value);
        await again.Shutdown();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }

    private (ActorSystem System, string Address) Start(string transport)
    {
        var port = FreePorts.Next();
        var system = ActorSystem.Create("remote", ConfigurationFactory.ParseString($$"""
            akka.loglevel = ERROR
            akka.actor.provider = remote
            akka.remote.enabled-transports = ["akka.remote.{{transport}}"]
            akka.remote.{{transport}} { hostname = "127.0.0.1", port = {{port}} }
            """).WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "common.conf")))));
        _systems.Add(system);
        return (system, $"akka.tcp://remote@127.0.0.1:{port}");
    }

    private async Task<(SocketRemoteTransport Transport, Address Address)> ListenAsync(IAssociationEventListener listener, int port = 0)
    {
        var system = ActorSystem.Create("alone", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");
        _systems.Add(system);
        var transport = new SocketRemoteTransport(system, ConfigurationFactory.ParseString(
            $"hostname = \"127.0.0.1\", port = {port}, maximum-frame-size = 128000b, connection-timeout = 5s, backlog = 16"));
        var (address, ready) = await transport.Listen();
        ready.SetResult(listener);
        return (transport, address);
    }

    private sealed record Unbound(string Text);

    /// <summary>Serves no connection.</summary>
    private sealed class Deaf : IAssociationEventListener
    {
        public void Notify(IAssociationEvent ev) => throw new InvalidOperationException("deaf");
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo()
        {
            Receive<string>(text => Sender.Tell(text));
            Receive<Unbound>(m => Sender.Tell($"unbound {m.Text}"));
        }
    }
}
