using System.Net;
using System.Net.Sockets;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Tests.Transport;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Limits;

/// <summary>Other tests would change what is measured.</summary>
[CollectionDefinition(nameof(MemorySpecs), DisableParallelization = true)]
public sealed class MemoryCollection;

/// <summary>What a connection holds before its client has logged in, beside what its socket holds.</summary>
[Collection(nameof(MemorySpecs))]
public class MemorySpecs(Xunit.Abstractions.ITestOutputHelper output) : TestKit("akka.loglevel = WARNING")
{
    private const int Clients = 500;

    [Theory]
    [InlineData("", 24 * 1024)]
    [InlineData("ping\n", 24 * 1024)]
    public async Task Should_hold_little_for_a_client_that_does_not_log_in(string sent, int most)
    {
        var listener = new ListenerKit(this, new SocketTransportKit(), TimeProvider.System, most: 2 * Clients);
        using (await listener.ConnectAndPingAsync())
        {
        }

        // What a connected client costs the test itself: these are never accepted.
        using var nobody = new Socket(SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        nobody.Listen(Clients);
        var before = Heap();
        var idle = await ConnectAsync((IPEndPoint)nobody.LocalEndPoint!, "");
        var ofClients = Heap() - before;

        before = Heap();
        var clients = await ConnectAsync(IPEndPoint.Parse(listener.Address), sent);
        await Eventually.TrueAsync(() => listener.Connections.Count == Clients, "all are accepted");
        await listener.StatusAsync();
        var each = (Heap() - before - ofClients) / Clients;
        output.WriteLine($"{each} bytes a connection after '{sent.Trim()}'; a client of the test {ofClients / Clients}");
        each.ShouldBeLessThan(most);
        foreach (var client in clients.Concat(idle))
            client.Dispose();
    }

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task<Socket[]> ConnectAsync(IPEndPoint to, string sent)
    {
        var clients = new Socket[Clients];
        for (var i = 0; i < Clients; i++)
        {
            clients[i] = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await clients[i].ConnectAsync(to);
            clients[i].Send(System.Text.Encoding.UTF8.GetBytes(sent));
        }

        return clients;
    }
}
