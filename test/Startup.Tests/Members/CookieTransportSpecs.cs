using System.Net.Sockets;
using ChatAkka.Runtime.Proof;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests.Members;

public sealed class CookieTransportSpecs : IAsyncDisposable
{
    private readonly TransportKit _kit = new();
    private readonly string _cookie = TestCookie.New();

    [Fact]
    public async Task Should_connect_members_with_the_same_cookie_in_both_directions()
    {
        var (a, b) = (await _kit.StartAsync(TransportKit.With(_cookie)), await _kit.StartAsync(TransportKit.With(_cookie)));
        (await a.DialAsync(b)).ShouldBeNull();
        (await b.DialAsync(a)).ShouldBeNull();
        await Eventually.TrueAsync(() => a.Inbound.Connections == 1 && b.Inbound.Connections == 1, "both have a connection");
        a.Transport.RefusedConnections.ShouldBe(0);
    }

    [Fact]
    public async Task Should_refuse_another_cookie_in_both_directions_and_say_so_on_both_sides()
    {
        var (a, b) = (await _kit.StartAsync(TransportKit.With(_cookie)), await _kit.StartAsync(TransportKit.With(TestCookie.New())));
        (await a.DialAsync(b))!.ShouldContain("another cookie");
        (await b.DialAsync(a))!.ShouldContain("another cookie");
        await Eventually.TrueAsync(() => a.Transport.RefusedConnections == 1 && b.Transport.RefusedConnections == 1, "both count one");
        (a.Transport.RefusedDials, b.Transport.RefusedDials).ShouldBe((1, 1));
        (await a.WarningAsync()).ShouldContain("127.0.0.1:");
        (a.Inbound.Connections, b.Inbound.Connections).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Should_refuse_a_member_without_a_cookie_and_tell_it_what_to_set()
    {
        var (with, without) = (await _kit.StartAsync(TransportKit.With(_cookie)), await _kit.StartAsync(null));
        (await with.DialAsync(without))!.ShouldContain("instead of proving");

        // The other one speaks Akka.Remote at once. It learns why from the bytes with which its connection ends.
        var association = await without.Transport.Associate(with.Address);
        association.ReadHandlerSource.SetResult(without.Inbound);
        association.Write(Google.Protobuf.ByteString.CopyFromUtf8("a payload of Akka.Remote")).ShouldBeTrue();
        (await without.WarningAsync()).ShouldContain("set chat.cluster.cookie");
        (await with.WarningAsync()).ShouldContain("This process cannot connect");
        (await with.WarningAsync()).ShouldContain("it proves no cookie");
        with.Inbound.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("login alice\n")]
    [InlineData("CAK\u00F1\u0001\u0005\u0000xxxxx")]
    [InlineData("CAK\u00F1\u0001\u00FF\u00FF")]
    [InlineData("CAK\u00F1\u0009\u0000\u0000")]
    [InlineData("CAK\u00F1\u0003\u0020\u000012345678123456781234567812345678")]
    public async Task Should_end_a_connection_that_sends_something_else_and_serve_the_others(string garbage)
    {
        var (a, b) = (await _kit.StartAsync(TransportKit.With(_cookie)), await _kit.StartAsync(TransportKit.With(_cookie)));
        using var stranger = await b.ConnectAsync();
        await stranger.GetStream().WriteAsync(System.Text.Encoding.Latin1.GetBytes(garbage));
        await EndedAsync(stranger);
        (await a.DialAsync(b)).ShouldBeNull();
        await Eventually.TrueAsync(() => b.Inbound.Connections == 1, "the other is connected");
        await Eventually.TrueAsync(() => b.Transport.RefusedConnections == 1, "it is counted");
    }

    [Fact]
    public async Task Should_end_a_silent_and_a_slow_connection_in_time_and_serve_others_meanwhile()
    {
        var (a, b) = (await _kit.StartAsync(TransportKit.With(_cookie)), await _kit.StartAsync(TransportKit.With(_cookie), TransportKit.Short));
        using var silent = await b.ConnectAsync();
        using var slow = await b.ConnectAsync();
        await slow.GetStream().WriteAsync(new byte[] { (byte)'C', (byte)'A', (byte)'K', 0xF1, 1 });
        (await a.DialAsync(b)).ShouldBeNull();
        await EndedAsync(silent);
        await EndedAsync(slow);
        await Eventually.TrueAsync(() => b.Transport.RefusedConnections == 2, "both are counted");
        (await b.WarningAsync()).ShouldContain("in time");
    }

    [Fact]
    public async Task Should_not_wait_for_a_member_that_accepts_and_is_silent()
    {
        var a = await _kit.StartAsync(TransportKit.With(_cookie), TransportKit.Short);
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        var address = new Akka.Actor.Address("tcp", "member", "127.0.0.1", port);
        (await Should.ThrowAsync<Akka.Remote.Transport.InvalidAssociationException>(() => a.Transport.Associate(address).WaitAsync(Eventually.Limit)))
            .Message.ShouldContain("in time");
    }

    [Fact]
    public async Task Should_not_count_a_probe_of_the_port()
    {
        var (a, b) = (await _kit.StartAsync(TransportKit.With(_cookie)), await _kit.StartAsync(TransportKit.With(_cookie)));
        (await b.ConnectAsync()).Dispose();
        (await a.DialAsync(b)).ShouldBeNull();
        b.Transport.RefusedConnections.ShouldBe(0);
    }

    [Fact]
    public async Task Should_end_the_connection_of_a_member_that_then_claims_to_be_another()
    {
        var (a, b) = (await _kit.StartAsync(TransportKit.With(_cookie)), await _kit.StartAsync(TransportKit.With(_cookie)));
        var association = await a.Transport.Associate(b.Address);
        association.ReadHandlerSource.SetResult(a.Inbound);
        association.Write(Google.Protobuf.ByteString.CopyFrom(Payloads.Associate("127.0.0.1", 1)));
        await Eventually.TrueAsync(() => b.Transport.RefusedConnections == 1, "it is refused");
        b.Inbound.Payloads.ShouldBe(0);

        association = await a.Transport.Associate(b.Address);
        association.ReadHandlerSource.SetResult(a.Inbound);
        association.Write(Google.Protobuf.ByteString.CopyFrom(Payloads.Associate("127.0.0.1", (uint)a.Port)));
        association.Write(Google.Protobuf.ByteString.CopyFromUtf8("second"));
        await Eventually.TrueAsync(() => b.Inbound.Payloads == 2, "both payloads came");
    }

    [Fact]
    public async Task Should_log_at_a_bounded_rate_and_count_all()
    {
        var b = await _kit.StartAsync(TransportKit.With(_cookie), TransportKit.Short);
        for (var i = 0; i < 10; i++)
        {
            using var stranger = await b.ConnectAsync();
            await stranger.GetStream().WriteAsync("hello, hello"u8.ToArray());
            await EndedAsync(stranger);
        }

        await Eventually.TrueAsync(() => b.Transport.RefusedConnections == 10, "all are counted");
        (await b.WarningAsync()).ShouldContain("Others since the last such line: 0");
        (await b.IsQuietAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_read_a_cookie_file_again_so_that_a_cookie_is_changed_without_a_restart()
    {
        using var folder = new TempFolder();
        var (next, files) = (TestCookie.New(), new[] { Path.Combine(folder.Path, "a"), Path.Combine(folder.Path, "b") });
        Array.ForEach(files, f => File.WriteAllText(f, _cookie));
        var a = await _kit.StartAsync(new MemberSecurity { CookieFile = files[0] }, TransportKit.Short);
        var b = await _kit.StartAsync(new MemberSecurity { CookieFile = files[1] }, TransportKit.Short);
        var outside = await _kit.StartAsync(TransportKit.With(next));

        // Each member gets the new one besides, and then loses the former one. At no time do two members have none in common.
        await ChangeAsync($"{_cookie}\n{next}\n");
        await Eventually.TrueAsync(async () => await outside.DialAsync(a) is null && await outside.DialAsync(b) is null, "both have read the new one");
        await ChangeAsync(next);
        var former = await _kit.StartAsync(TransportKit.With(_cookie));
        await Eventually.TrueAsync(async () => await former.DialAsync(a) is not null && await former.DialAsync(b) is not null, "the new cookie alone counts");

        // A file that is being written, or that is wrong, changes nothing.
        File.WriteAllText(files[0], "short");
        await Eventually.TrueAsync(async () => (await a.WarningAsync()).Contains("cannot be used"), "it says so");
        (await outside.DialAsync(a)).ShouldBeNull();

        async Task ChangeAsync(string text)
        {
            foreach (var file in files)
            {
                File.WriteAllText(file, text);
                (await a.DialAsync(b)).ShouldBeNull();
                (await b.DialAsync(a)).ShouldBeNull();
            }
        }
    }

    [Fact]
    public async Task Should_take_and_dial_members_without_a_cookie_only_in_transition()
    {
        var (old, half, whole) = (await _kit.StartAsync(null), await _kit.StartAsync(TransportKit.With(_cookie, isTransition: true)), await _kit.StartAsync(TransportKit.With(_cookie)));
        (await half.DialAsync(old)).ShouldBeNull();
        (await half.DialAsync(whole)).ShouldBeNull();
        (await whole.DialAsync(half)).ShouldBeNull();
        half.Transport.RefusedDials.ShouldBe(0);

        var association = await old.Transport.Associate(half.Address);
        association.ReadHandlerSource.SetResult(old.Inbound);
        association.Write(Google.Protobuf.ByteString.CopyFrom(Payloads.Associate("127.0.0.1", 1)));
        await Eventually.TrueAsync(() => half.Inbound is { Connections: 2, Payloads: 1 }, "the old member's first payload came, too");
    }

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    private static async Task EndedAsync(TcpClient client)
    {
        try
        {
            var bytes = new byte[1024];
            while (await client.GetStream().ReadAsync(bytes).AsTask().WaitAsync(Eventually.Limit) > 0)
            {
            }

            client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (IOException)
        {
            // Reset.
        }
    }
}
