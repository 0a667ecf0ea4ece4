using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
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

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r\0")]
    [InlineData("\e[A\n")]
    public async Task Should_greet_who_presses_Enter_first_and_only_once(string enter)
    {
        var address = Listen();
        using var person = await ChatClient.ConnectAsync(address);
        foreach (var key in System.Text.Encoding.UTF8.GetBytes(enter + enter))
            await person.SendRawAsync(new[] { key });
        (await person.LineAsync()).ShouldBe($"OK welcome to ChatAkka at {address}; type login NAME to begin, or help");
        await person.SendAsync("ping");
        (await person.LineAsync()).ShouldBe("OK ping");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_give_a_program_the_answer_to_its_first_command_as_its_first_line(bool greets)
    {
        var address = Listen(greets ? Greeting.Typed : Greeting.Off);
        foreach (var command in new[] { """{"cmd":"ping"}""", "ping" })
        {
            using var program = await ChatClient.ConnectAsync(address);
            await Eventually.TrueAsync(() => _connections.Count > 0, "its connection is open, and nothing was sent yet");

            // Empty lines behind a command are ignored, as ever.
            await program.SendRawAsync(System.Text.Encoding.UTF8.GetBytes(command + "\n\n  \n\r\n"));
            (await program.LineAsync()).ShouldBe(command[0] == '{' ? """{"ok":"ping"}""" : "OK ping");
            await program.SendAsync(command);
            (await program.LineAsync()).ShouldContain("ping");
        }
    }

    [Fact]
    public async Task Should_ignore_an_empty_first_line_where_greetings_are_off()
    {
        using var client = await ChatClient.ConnectAsync(Listen(Greeting.Off));
        await client.SendAsync("\n" + """{"cmd":"ping"}""");
        (await client.LineAsync()).ShouldBe("""{"ok":"ping"}""");
    }

    [Fact]
    public async Task Should_greet_everybody_who_connects_where_it_is_set_so_and_not_again_at_Enter()
    {
        var address = Listen(Greeting.Always);
        using var client = await ChatClient.ConnectAsync(address);
        (await client.LineAsync()).ShouldStartWith($"OK welcome to ChatAkka at {address}; ");
        await client.SendAsync("\nping");
        (await client.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_tell_each_client_in_its_own_form_that_it_is_sent_away()
    {
        var address = Listen(out var listener);
        using var person = await ChatClient.ConnectAsync(address);
        await person.SendAsync("ping");
        (await person.LineAsync()).ShouldBe("OK ping");
        using var program = await ChatClient.ConnectAsync(address);
        await program.SendAsync("ping\n" + """{"cmd":"ping"}""");
        (await program.LineAsync()).ShouldBe("OK ping");
        (await program.LineAsync()).ShouldBe("""{"ok":"ping"}""");
        using var silent = await ChatClient.ConnectAsync(address);
        await Eventually.TrueAsync(() => _connections.Count == 3, "all are connected");

        listener.Tell(new ListenerActor.CloseAll(ErrorCode.CutOff), TestActor);

        (await person.LineAsync()).ShouldBe("ERROR cut_off this server was cut off from the others; no other takes clients now, try again in 0 s");
        (await program.LineAsync()).ShouldBe("""{"error":"cut_off","try":[],"retry_after_ms":0}""");
        (await silent.LineAsync()).ShouldStartWith("""{"error":"cut_off",""");
        foreach (var client in new[] { person, program, silent })
            client.Dispose();
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

    private string Listen(Greeting greeting = Greeting.Typed) => Listen(out _, greeting);

    private string Listen(out IActorRef listener, Greeting greeting = Greeting.Typed)
    {
        var trace = new TraceLog(TimeProvider.System);
        _connections = new ConnectionTable(_counters, trace);
        var deliveries = new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!);
        var settings = new ConnectionSettings(1024, 128 * 1024, 1024, Eventually.Limit, null, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), greeting, deliveries);
        var directory = new NodeDirectory(s_self, TimeSpan.Zero);
        var routes = new RouteTable(_connections, 5, s_self);
        var registrar = TestActor;
        ConnectionProps makeConnection = (client, at) =>
        {
            var replies = new ClientReplies(client.Outbound, at, directory, _counters);
            var session = new ClientSession(client, registrar, routes, readers: null);
            var chats = new ChatIntake(client, routes, _counters, trace, s_self);
            var commands = new ClientCommands(client, session, chats, replies, new SharedRegistry(), greeting == Greeting.Typed, TimeProvider.System);
            return Props.Create(() => new ConnectionActor(client, session, commands, replies, _connections, settings));
        };
        var listening = new ListenerSettings(new HostPort("127.0.0.1", 0), null, Most, 64, TimeSpan.Zero);
        var parent = CreateTestProbe();
        var gateway = CreateTestProbe();
        listener = parent.ChildActorOf(Props.Create(() => new ListenerActor(new SocketTransport(), listening, settings, makeConnection, _connections, directory, _counters, gateway)));
        return parent.ExpectMsg<ListenerActor.Bound>(Eventually.Limit).ClientAddress;
    }
}
