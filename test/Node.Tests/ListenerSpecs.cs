using Akka.TestKit.Xunit2;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Links;
using ChatAkka.Node.Tests.Transport;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>The listener with its connections, over the transport in memory.</summary>
public sealed class MemoryListenerSpecs() : ListenerSpecs(new MemoryTransportKit());

/// <summary>The listener with its connections, over loopback sockets.</summary>
public sealed class SocketListenerSpecs() : ListenerSpecs(new SocketTransportKit());

/// <summary>The listener with its connections, whatever carries their bytes.</summary>
public abstract class ListenerSpecs : TestKit
{
    private const int Most = ListenerKit.Most;
    private readonly TransportKit _kit;
    private ListenerKit _listener = null!;

    private protected ListenerSpecs(TransportKit kit)
        : base("akka.loglevel = WARNING") => _kit = kit;

    [Fact]
    public async Task Should_reset_those_that_went_first_when_more_are_being_closed_than_may_be_open()
    {
        Listen();
        var gone = new List<LineClient>();
        for (var i = 0; i < 4 * Most; i++)
        {
            gone.Add(await _listener.ConnectAsync());
            await gone[i].SendAsync("quit");
            (await gone[i].LineAsync()).ShouldBe("OK logout");
        }

        await Eventually.TrueAsync(() => _listener.Connections.Count == Most, "as many are kept as may be open");
        var cut = gone.Take(3 * Most).ToList();
        await Eventually.TrueAsync(async () => (await Task.WhenAll(cut.Select(c => c.IsResetAsync()))).All(r => r), "the oldest are reset");
        (await Task.WhenAll(gone.Skip(3 * Most).Select(c => c.IsResetAsync()))).ShouldAllBe(isReset => !isReset);
        _listener.Counters.ToString().ShouldContain($"connections reset while they were being closed {3 * Most}");

        // Those that are left close in peace, and are not counted any more.
        gone.ForEach(c => c.Dispose());
        await Eventually.TrueAsync(() => _listener.Connections.Count == 0, "all are closed");
        for (var i = 0; i < Most; i++)
        {
            using var client = await _listener.ConnectAsync();
            await client.SendAsync("quit");
            (await client.LineAsync()).ShouldBe("OK logout");
        }

        await Eventually.TrueAsync(() => _listener.Connections.Count == 0, "all are closed");
        _listener.Counters.ToString().ShouldContain($"connections reset while they were being closed {3 * Most}");
    }

    [Fact]
    public async Task Should_let_every_open_client_read_its_last_line_when_all_are_closed()
    {
        Listen();
        var clients = new List<LineClient>();
        for (var i = 0; i < Most; i++)
        {
            clients.Add(await _listener.ConnectAsync());
            await clients[i].SendAsync("ping");
            (await clients[i].LineAsync()).ShouldBe("OK ping");
        }

        _listener.Actor.Tell(new ListenerMessage.CloseAll(ErrorCode.ServerClosing), TestActor);
        foreach (var client in clients)
        {
            (await client.LineAsync()).ShouldContain("server_closing");
            (await client.IsClosedAsync()).ShouldBeTrue();
            (await client.IsResetAsync()).ShouldBeFalse();
            client.Dispose();
        }

        ExpectMsg<ListenerMessage.AllClosed>(Eventually.Limit);
    }

    [Fact]
    public async Task Should_tell_a_client_above_the_cap_where_to_go_and_accept_the_next_when_one_has_left()
    {
        Listen();
        var clients = new List<LineClient>();
        for (var i = 0; i < Most; i++)
            clients.Add(await _listener.ConnectAndPingAsync());
        using (var refused = await _listener.ConnectAsync())
        {
            await refused.SendAsync("ping");
            (await refused.LineAsync()).ShouldStartWith("""{"error":"server_full",""");
            (await refused.IsClosedAsync()).ShouldBeTrue();
        }

        await clients[0].SendAsync("quit");
        (await clients[0].LineAsync()).ShouldBe("OK logout");

        // The one that left has not closed its side yet, and does not count any more.
        clients.Add(await _listener.ConnectAndPingAsync());
        _listener.Counters.ToString().ShouldContain("connections refused 1");
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Should_tell_other_nodes_how_many_clients_it_has_and_how_many_it_accepts_when_that_changes()
    {
        Listen();
        _listener.Gateway.ExpectMsg(new LinkMessages.OwnStatus(_listener.Address, "", 0, Most));
        using var client = await _listener.ConnectAndPingAsync();
        _listener.Gateway.ExpectMsg(new LinkMessages.OwnStatus(_listener.Address, "", 1, Most));
        _listener.Actor.Tell(new ListenerMessage.SetDrain(1000), TestActor);
        _listener.Gateway.ExpectMsg(new LinkMessages.OwnStatus(_listener.Address, "", 1, 0));
        (await client.LineAsync()).ShouldContain("server_closing");
        _listener.Gateway.ExpectMsg(new LinkMessages.OwnStatus(_listener.Address, "", 0, 0));
        ExpectMsg<ListenerMessage.DrainStatus>().ShouldBe(new ListenerMessage.DrainStatus(_listener.Address, 1, Most, IsDraining: true, Moved: 0));
        _listener.Actor.Tell(new ListenerMessage.SetDrain(0), TestActor);
        _listener.Gateway.ExpectMsg(new LinkMessages.OwnStatus(_listener.Address, "", 0, Most));
        ExpectMsg<ListenerMessage.DrainStatus>().ShouldBe(new ListenerMessage.DrainStatus(_listener.Address, 0, Most, IsDraining: false, Moved: 1));
        (await _listener.ConnectAndPingAsync()).Dispose();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r\0")]
    [InlineData("\e[A\n")]
    public async Task Should_greet_who_presses_Enter_first_and_only_once(string enter)
    {
        Listen();
        using var person = await _listener.ConnectAsync();
        foreach (var key in enter + enter)
            await person.SendRawAsync(key.ToString());
        (await person.LineAsync()).ShouldBe($"OK welcome to ChatAkka at {_listener.Address}; type login NAME to begin, or help");
        await person.SendAsync("ping");
        (await person.LineAsync()).ShouldBe("OK ping");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_give_a_program_the_answer_to_its_first_command_as_its_first_line(bool greets)
    {
        Listen(greets ? Greeting.Typed : Greeting.Off);
        foreach (var command in new[] { """{"cmd":"ping"}""", "ping" })
        {
            using var program = await _listener.ConnectAsync();
            await Eventually.TrueAsync(() => _listener.Connections.Count > 0, "its connection is open, and nothing was sent yet");

            // Empty lines behind a command are ignored, as ever.
            await program.SendRawAsync(command + "\n\n  \n\r\n");
            (await program.LineAsync()).ShouldBe(command[0] == '{' ? """{"ok":"ping"}""" : "OK ping");
            await program.SendAsync(command);
            (await program.LineAsync()).ShouldContain("ping");
        }
    }

    [Fact]
    public async Task Should_ignore_an_empty_first_line_where_greetings_are_off()
    {
        Listen(Greeting.Off);
        using var client = await _listener.ConnectAsync();
        await client.SendAsync("\n" + """{"cmd":"ping"}""");
        (await client.LineAsync()).ShouldBe("""{"ok":"ping"}""");
    }

    [Fact]
    public async Task Should_greet_everybody_who_connects_where_it_is_set_so_and_not_again_at_Enter()
    {
        Listen(Greeting.Always);
        using var client = await _listener.ConnectAsync();
        (await client.LineAsync()).ShouldStartWith($"OK welcome to ChatAkka at {_listener.Address}; ");
        await client.SendAsync("\nping");
        (await client.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_tell_each_client_in_its_own_form_that_it_is_sent_away()
    {
        Listen();
        using var person = await _listener.ConnectAsync();
        await person.SendAsync("ping");
        (await person.LineAsync()).ShouldBe("OK ping");
        using var program = await _listener.ConnectAsync();
        await program.SendAsync("ping\n" + """{"cmd":"ping"}""");
        (await program.LineAsync()).ShouldBe("OK ping");
        (await program.LineAsync()).ShouldBe("""{"ok":"ping"}""");
        using var silent = await _listener.ConnectAsync();
        await Eventually.TrueAsync(() => _listener.Connections.Count == 3, "all are connected");

        _listener.Actor.Tell(new ListenerMessage.CloseAll(ErrorCode.CutOff), TestActor);

        (await person.LineAsync()).ShouldBe("ERROR cut_off this server was cut off from the others; no other takes clients now, try again in 0 s");
        (await program.LineAsync()).ShouldBe("""{"error":"cut_off","try":[],"retry_after_ms":0}""");
        (await silent.LineAsync()).ShouldStartWith("""{"error":"cut_off",""");
        foreach (var client in new[] { person, program, silent })
            client.Dispose();
        ExpectMsg<ListenerMessage.AllClosed>(Eventually.Limit);
    }

    private void Listen(Greeting greeting = Greeting.Typed) => _listener = new ListenerKit(this, _kit, TimeProvider.System, greeting);
}
