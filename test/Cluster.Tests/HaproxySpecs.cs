using System.Net;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>A node behind Debian's HAProxy, which says where clients come from.</summary>
public class HaproxySpecs
{
    private static readonly string[] s_places = ["/usr/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/sbin/haproxy"];

    private static string? Haproxy => s_places.FirstOrDefault(File.Exists);

    [FactNeedsHaproxy]
    public async Task Should_limit_each_client_under_its_own_address_and_nobody_without_the_proxy()
    {
        using var data = new TempFolder();
        var config = Path.Combine(data.Path, "node.conf");
        await File.WriteAllTextAsync(config, """
            chat.listener.proxy-protocol { enabled = on, trusted = ["127.0.0.1"] }
            chat.limits.address { connections = 2, exempt = ["127.0.0.2"] }
            """);
        await using var node = TestNode.Alone(data, null, "--config", config);
        var front = $"127.0.0.1:{FreePorts.Next()}";
        var proxyConfig = Path.Combine(data.Path, "haproxy.cfg");
        await File.WriteAllTextAsync(proxyConfig, $"""
            defaults
              mode tcp
              timeout connect 5s
              timeout client 1m
              timeout server 1m
            listen chat
              bind {front}
              server node1 {node.Clients} send-proxy-v2

            """);
        await node.ReadyAsync();
        await using var proxy = ServerProcess.Start(Haproxy!, ["-db", "-f", proxyConfig]);
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using var probe = await ChatClient.ConnectAsync(front, from: IPAddress.Parse("127.0.0.2"));
                return true;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return false;
            }
        }, "the proxy listens");

        List<ChatClient> clients = [];
        for (var i = 0; i < 3; i++)
            clients.Add(await PingAsync(front, "127.0.0.2"));
        for (var i = 0; i < 2; i++)
            clients.Add(await PingAsync(front, "127.0.0.3"));
        using (var third = await ChatClient.ConnectAsync(front, from: IPAddress.Parse("127.0.0.3")))
            (await third.LineAsync()).ShouldContain("too_many_from_address");
        clients.Add(await PingAsync(front, "127.0.0.4"));
        using (var direct = await ChatClient.ConnectAsync(node.Clients))
        {
            await direct.SendAsync("ping ping ping ping ping");
            (await direct.IsClosedAsync()).ShouldBeTrue("it comes from the address of the proxy, without its header");
        }

        clients.ForEach(c => c.Dispose());
    }

    private static async Task<ChatClient> PingAsync(string address, string from)
    {
        var client = await ChatClient.ConnectAsync(address, from: IPAddress.Parse(from));
        await client.SendAsync("ping");
        (await client.LineAsync()).ShouldBe("OK ping");
        return client;
    }

    private sealed class FactNeedsHaproxyAttribute : FactAttribute
    {
        public FactNeedsHaproxyAttribute() => Skip = Haproxy is null ? "needs haproxy: apt-get install haproxy" : null;
    }
}
