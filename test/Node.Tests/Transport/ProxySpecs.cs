using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Transport;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>Clients that come through a proxy, on sockets.</summary>
public class ProxySpecs() : TestKit("akka.loglevel = WARNING")
{
    private static readonly IPEndPoint s_client = new(IPAddress.Parse("10.9.8.7"), 1234);
    private readonly NodeCounters _counters = new();

    [Fact]
    public async Task Should_count_a_client_under_the_address_that_the_proxy_names_and_lose_no_byte_after_the_header()
    {
        var listener = Listen("127.0.0.1/32");
        using var first = await ConnectAsync(listener, [.. ProxyHeaderSpecs.Header(s_client, [1, 2, 3]), .. "ping\n"u8]);
        (await LineAsync(first)).ShouldBe("OK ping");
        listener.Connections.All.Single().Address.ShouldBe(s_client.Address);
        using var second = await ConnectAsync(listener, ProxyHeaderSpecs.Header(s_client, []));
        (await LineAsync(second)).ShouldStartWith("{\"error\":\"too_many_from_address\"");
        using var other = await ConnectAsync(listener, [.. ProxyHeaderSpecs.Header(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 1), []), .. "ping\n"u8]);
        (await LineAsync(other)).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_close_a_connection_of_a_proxy_that_does_not_begin_with_a_header()
    {
        var listener = Listen("127.0.0.1/32");
        using var line = await ConnectAsync(listener, "ping ping ping ping ping\n"u8.ToArray());
        (await line.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Limit).ContinueWith(t => t.IsFaulted || t.Result == 0)).ShouldBeTrue();
        using var silent = await ConnectAsync(listener, []);
        (await silent.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Limit)).ShouldBe(0);
        using var half = await ConnectAsync(listener, ProxyHeaderSpecs.Header(s_client, [])[..^1]);
        (await half.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Limit).ContinueWith(t => t.IsFaulted || t.Result == 0)).ShouldBeTrue();
        _counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["proxy-protocol: no header"] = 3 });
        listener.Connections.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Should_believe_no_header_of_anybody_else()
    {
        var listener = Listen("127.0.0.2/32");
        using var client = await ConnectAsync(listener, [.. ProxyHeaderSpecs.Header(s_client, []), .. "ping\n"u8]);
        (await ReadToEndAsync(client)).ShouldNotContain("OK ping", customMessage: "its lines end with QUIT");
        using var plain = await ConnectAsync(listener, "ping\n"u8.ToArray());
        (await LineAsync(plain)).ShouldBe("OK ping");
        listener.Connections.All.ShouldContain(c => c.Address.Equals(IPAddress.Loopback));
    }

    [Fact]
    public void Should_need_the_addresses_of_the_proxies_where_it_is_enabled()
    {
        var shipped = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "node.conf")));
        ProxySettings.Create(new ConfigReader(shipped)).ShouldBeNull();
        var on = ConfigurationFactory.ParseString("chat.listener.proxy-protocol.enabled = on");
        var reader = new ConfigReader(on.WithFallback(shipped));
        ProxySettings.Create(reader);
        reader.Problems.ShouldHaveSingleItem().ShouldStartWith("chat.listener.proxy-protocol.trusted: is empty");
        var good = ConfigurationFactory.ParseString("chat.listener.proxy-protocol.trusted = [\"10.0.0.7\", \"10.1.0.0/16\"]").WithFallback(on).WithFallback(shipped);
        var settings = ProxySettings.Create(new ConfigReader(good))!;
        settings.Trusts(IPAddress.Parse("::ffff:10.0.0.7")).ShouldBeTrue();
        settings.Trusts(IPAddress.Parse("10.1.200.3")).ShouldBeTrue();
        settings.Trusts(IPAddress.Parse("10.0.0.8")).ShouldBeFalse();
    }

    private ListenerKit Listen(string trusted)
    {
        var addresses = new AddressGate(AddressLimits.None with { Connections = 1, TableSize = 10, Exempt = [IPNetwork.Parse("127.0.0.1/32")] }, _counters, TimeProvider.System);
        var proxies = new ProxyReader(new ProxySettings([IPNetwork.Parse(trusted)]), TimeSpan.FromMilliseconds(300), _counters, TimeProvider.System);
        return new ListenerKit(this, new SocketTransportKit(new ClientDoor(addresses, proxies)), TimeProvider.System);
    }

    private static async Task<Socket> ConnectAsync(ListenerKit listener, byte[] bytes)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(listener.Address));
        await socket.SendAsync(bytes);
        return socket;
    }

    private static async Task<string> LineAsync(Socket socket)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await socket.ReceiveAsync(one).WaitAsync(Eventually.Limit) > 0 && one[0] != '\n')
            line.Add(one[0]);
        return Encoding.UTF8.GetString([.. line]);
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[512];
        int count;
        while ((count = await socket.ReceiveAsync(buffer).WaitAsync(Eventually.Limit)) > 0)
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return text.ToString();
    }
}
