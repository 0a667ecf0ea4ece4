using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using ChatAkka.Management.Commands;
using ChatAkka.Management.Hosting;
using ChatAkka.Management.Wire;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>The host alone, with the palette of the documentation.</summary>
public sealed class HostSpecs : IAsyncLifetime
{
    internal static readonly ManagementSettings Settings = new(
        null, true, "", true, 4, 64 * 1024, 256 * 1024, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 3, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100));

    private readonly ActorSystem _system = ActorSystem.Create("host", "akka.loglevel = WARNING");
    private readonly string _address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");

    public Task InitializeAsync()
    {
        var settings = Settings with { Address = HostPort.TryParse(_address) };
        var endpoint = ManagementEndpoint.Bind(settings, TextWriter.Null);
        IReadOnlyList<CommandPaletteHandler> palettes = [new GreetPalette(), new BigPalette()];
        _system.ActorOf(Props.Create(() => new CommandHostActor(endpoint.Socket!, settings, HostTimings.Standard, "here:1", palettes, TimeProvider.System)));
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public void Should_keep_an_accepted_connection_alive_so_that_one_whose_host_is_gone_gives_its_place_back()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using var accepted = listener.Accept();
        var timeout = new byte[4];

        KeepAlive.On(accepted);

        ((int)accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!).ShouldBe(1);
        ((int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!).ShouldBe(30);
        ((int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval)!).ShouldBe(10);
        ((int)accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount)!).ShouldBe(3);
        accepted.GetRawSocketOption(6, 18, timeout).ShouldBe(4);
        BitConverter.ToInt32(timeout).ShouldBe(60_000);
    }

    [Fact]
    public async Task Should_keep_the_connection_of_every_client_alive()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(_address));
        await client.GetStream().WriteAsync(Frames.Of(new ClientMessage.Hello([1])));
        (await Frames.ReadHostAsync(client.GetStream(), CancellationToken.None)).ShouldBeOfType<HostMessage.Welcome>();

        // Columns of /proc/net/tcp: 1 local address, 2 remote address, 5 the timer that runs: 02 where the kernel will ask.
        var here = string.Create(CultureInfo.InvariantCulture, $":{IPEndPoint.Parse(_address).Port:X4}");
        var there = string.Create(CultureInfo.InvariantCulture, $":{((IPEndPoint)client.Client.LocalEndPoint!).Port:X4}");
        await Eventually.TrueAsync(
            () => File.ReadLines("/proc/self/net/tcp").Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(c => c[1].EndsWith(here, StringComparison.Ordinal) && c[2].EndsWith(there, StringComparison.Ordinal) && c[5].StartsWith("02:", StringComparison.Ordinal)),
            "the kernel asks whether the client is there");
    }

    [Fact]
    public async Task Should_send_away_who_asks_for_nothing_and_not_whom_a_command_still_answers()
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");
        var settings = Settings with { Address = HostPort.TryParse(address), IdleTimeout = TimeSpan.FromSeconds(1) };
        var endpoint = ManagementEndpoint.Bind(settings, TextWriter.Null);
        IReadOnlyList<CommandPaletteHandler> palettes = [new GreetPalette()];
        _system.ActorOf(Props.Create(() => new CommandHostActor(endpoint.Socket!, settings, HostTimings.Standard, "here:2", palettes, TimeProvider.System)));
        using var counting = new TcpClient();
        await counting.ConnectAsync(IPEndPoint.Parse(address));
        await counting.GetStream().WriteAsync(Frames.Of(new ClientMessage.Hello([1])));
        await counting.GetStream().WriteAsync(Frames.Of(new ClientMessage.Run(1, "greet", "count", [])));
        using var idle = new TcpClient();
        await idle.ConnectAsync(IPEndPoint.Parse(address));
        await idle.GetStream().WriteAsync(Frames.Of(new ClientMessage.Hello([1])));
        (await Frames.ReadHostAsync(idle.GetStream(), CancellationToken.None)).ShouldBeOfType<HostMessage.Welcome>();

        (await Frames.ReadHostAsync(idle.GetStream(), CancellationToken.None)).ShouldBeOfType<HostMessage.Refused>().Code.ShouldBe(RefusalCodes.Idle);
        (await Frames.ReadHostAsync(idle.GetStream(), CancellationToken.None)).ShouldBeNull();

        // The other one has been there for longer, and is not sent away before its command is over.
        await counting.GetStream().WriteAsync(Frames.Of(new ClientMessage.Cancel(1)));
        HostMessage? last;
        while ((last = await Frames.ReadHostAsync(counting.GetStream(), CancellationToken.None)) is not HostMessage.End)
            last.ShouldNotBeOfType<HostMessage.Refused>();
        last.ShouldBe(new HostMessage.End(1, 0));
    }

    [Fact]
    public async Task Should_run_the_palette_of_the_documentation()
    {
        (await PbmProcess.RunAsync(_address, "greet", "hello", "you", "-n", "2")).Output.ShouldBe("hello you\nhello you\n");
        var wrong = await PbmProcess.RunAsync(_address, "greet", "hello", "you", "-n", "11");
        wrong.Code.ShouldBe(2);
        wrong.Errors.ShouldBe("error: -n: 1 to 10\n");
    }

    [Fact]
    public async Task Should_give_a_long_answer_whole_to_who_reads_it()
    {
        var answer = await PbmProcess.RunAsync(_address, "big", "rows");

        answer.Code.ShouldBe(0, answer.Errors);
        answer.Lines.Count.ShouldBe(BigPalette.Rows);
    }

    [Fact]
    public async Task Should_cut_off_who_asks_and_does_not_read()
    {
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPEndPoint.Parse(_address));
        var stream = client.GetStream();
        await stream.WriteAsync(Frames.Of(new ClientMessage.Hello([1])));
        (await Frames.ReadHostAsync(stream, CancellationToken.None)).ShouldBeOfType<HostMessage.Welcome>();
        await stream.WriteAsync(Frames.Of(new ClientMessage.Run(1, "big", "rows", [])));
        await Task.Delay(Settings.AnswerTimeout * 2);

        var isWhole = false;
        try
        {
            while (await Frames.ReadHostAsync(stream, CancellationToken.None) is { } message)
                isWhole |= message is HostMessage.End;
        }
        catch (Exception e) when (e is FrameException or IOException)
        {
            // Cut off within a frame.
        }

        isWhole.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_end_a_stream_with_its_client()
    {
        await using var counting = PbmProcess.Start(_address, "greet", "count");
        await counting.WaitForAsync("\n3\n");

        counting.Interrupt();

        (await counting.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Should_send_away_whom_it_has_no_room_for_and_serve_again_later()
    {
        var clients = new List<PbmProcess>();
        for (var i = 0; i < Settings.MaxSessions; i++)
            clients.Add(PbmProcess.Start(_address, "greet", "count"));
        foreach (var client in clients)
            await client.WaitForAsync("1\n");

        var refused = await PbmProcess.RunAsync(_address, "greet", "hello", "you");
        refused.Code.ShouldBe(3);
        refused.Errors.ShouldContain("4 pbm clients are connected");

        foreach (var client in clients)
            await client.DisposeAsync();
        await Eventually.TrueAsync(async () => (await PbmProcess.RunAsync(_address, "greet", "hello", "you")).Code == 0, "there is room again");
    }

    [Fact]
    public async Task Should_keep_places_for_who_said_hello_when_others_only_connect()
    {
        var silent = new List<TcpClient>();
        for (var i = 0; i < Settings.MaxSessions * 2; i++)
        {
            silent.Add(new TcpClient());
            await silent[^1].ConnectAsync(IPEndPoint.Parse(_address));
        }

        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(_address));
        await client.GetStream().WriteAsync(Frames.Of(new ClientMessage.Hello([1])));
        (await Frames.ReadHostAsync(client.GetStream(), CancellationToken.None)).ShouldBeOfType<HostMessage.Welcome>();

        // Those that waited longest made room, long before their time to say hello was over: no more than the last so many are left.
        foreach (var first in silent.Take(Settings.MaxSessions))
            await ShouldBeClosedAsync(first);
        silent[^1].Client.Poll(0, SelectMode.SelectRead).ShouldBeFalse();
        silent.ForEach(s => s.Dispose());
    }

    private static async Task ShouldBeClosedAsync(TcpClient client)
    {
        try
        {
            (await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Settings.HandshakeTimeout / 2)).ShouldBe(0);
        }
        catch (IOException)
        {
            // It was reset.
        }
    }

    [Fact]
    public async Task Should_say_which_version_it_speaks_to_a_client_of_another()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(_address));
        await client.GetStream().WriteAsync(Frames.Of(new ClientMessage.Hello([99])));

        var refused = (await Frames.ReadHostAsync(client.GetStream(), CancellationToken.None)).ShouldBeOfType<HostMessage.Refused>();

        refused.Code.ShouldBe(RefusalCodes.Version);
        refused.Reason.ShouldBe("this member speaks version 1 of the protocol, and this pbm speaks 99");
        (await Frames.ReadHostAsync(client.GetStream(), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Should_run_several_commands_of_one_client_and_cancel_the_one_it_names()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(_address));
        var stream = client.GetStream();
        await stream.WriteAsync(Frames.Of(new ClientMessage.Hello([1, 99])));
        (await Frames.ReadHostAsync(stream, CancellationToken.None)).ShouldBeOfType<HostMessage.Welcome>();
        await stream.WriteAsync(Frames.Of(new ClientMessage.Run(1, "greet", "count", [])));
        await stream.WriteAsync(Frames.Of(new ClientMessage.Run(1, "greet", "count", [])));
        await stream.WriteAsync(Frames.Of(new ClientMessage.Run(2, "greet", "hello", ["you"])));
        List<HostMessage> seen = [];
        while (seen.OfType<HostMessage.Rows>().Count() < 3 || seen.OfType<HostMessage.End>().Count() < 2)
            seen.Add((await Frames.ReadHostAsync(stream, CancellationToken.None))!);
        seen.ShouldContain(new HostMessage.Text(2, "hello you"));
        seen.ShouldContain(new HostMessage.End(2, 0));
        seen.ShouldContain(new HostMessage.End(1, 1, "a command with this id is running"));

        await stream.WriteAsync(Frames.Of(new ClientMessage.Cancel(1)));

        HostMessage? last;
        while ((last = await Frames.ReadHostAsync(stream, CancellationToken.None)) is not HostMessage.End)
            last.ShouldNotBeNull();
        last.ShouldBe(new HostMessage.End(1, 0));
    }

    [Fact]
    public void Should_go_on_without_where_the_default_port_is_taken_and_say_so()
    {
        var warnings = new StringWriter();

        using var endpoint = ManagementEndpoint.Bind(Settings with { Address = HostPort.TryParse(_address), IsAsked = false }, warnings);

        endpoint.Socket.ShouldBeNull();
        warnings.ToString().ShouldContain($"{_address} is in use");
        Should.Throw<ConfigException>(() => ManagementEndpoint.Bind(Settings with { Address = HostPort.TryParse(_address), IsAsked = true }, warnings));
    }
}
