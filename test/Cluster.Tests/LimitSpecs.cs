using System.Text;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>What a node does at its bounds, and with what is not a command at all.</summary>
public class LimitSpecs
{
    [Fact]
    public async Task Should_refuse_the_501st_client_naming_a_node_with_room_and_take_the_next_when_one_left()
    {
        using var data = new TempFolder();
        var store = FreePorts.Next();
        await using var node = TestNode.Alone(data, store);
        await node.ReadyAsync();

        // The other one is told only the address of the store, and finds its password in the data directory.
        await using var other = TestNode.Node($"127.0.0.1:{store}", node.Cluster, "--data", data.Path);
        await other.ReadyAsync();
        var clients = new List<ChatClient>();
        for (var i = 0; i < 500; i++)
            clients.Add(await ChatClient.LoginAsync(node.Clients, $"u{i}"));
        await Eventually.TrueAsync(
            async () => (await RefusalAsync(node.Clients)).StartsWith($$"""{"error":"server_full","try":["{{other.Clients}}"],"retry_after_ms":""", StringComparison.Ordinal),
            "it is refused with the other node's address");
        await clients[7].SendAsync("quit");
        (await clients[7].LineAsync()).ShouldBe("OK logout");
        (await clients[7].IsClosedAsync()).ShouldBeTrue();
        clients.Add(await ChatClient.LoginAsync(node.Clients, "next"));
        (await RefusalAsync(node.Clients)).ShouldContain("server_full");
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Should_never_pass_the_cap_when_2000_connect_at_once()
    {
        using var data = new TempFolder();
        await using var node = TestNode.Alone(data, null, "--max-connections", "300");
        await node.ReadyAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2000).Select(async i =>
        {
            var client = await ChatClient.ConnectAsync(node.Clients);
            try
            {
                await client.SendAsync("ping");
                return (client, line: await client.LineAsync());
            }
            catch (Exception e)
            {
                return (client, line: e.Message);
            }
        }));
        outcomes.Count(o => o.line == "OK ping").ShouldBe(300);
        outcomes.Count(o => o.line.Contains("server_full", StringComparison.Ordinal)).ShouldBeGreaterThan(1500);
        foreach (var (client, _) in outcomes)
            client.Dispose();
        using var next = await LoginEventually(node.Clients, "after");
        node.Process.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_close_who_does_not_log_in_or_says_nothing()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "short.conf");
        await File.WriteAllTextAsync(file, "chat.listener { login-timeout = 1s, idle-timeout = 3s }");
        await using var node = TestNode.Alone(data, null, "--config", file);
        await node.ReadyAsync();
        using var mute = await ChatClient.ConnectAsync(node.Clients);
        (await mute.LineAsync()).ShouldContain("\"error\":\"login_timeout\"");
        (await mute.IsClosedAsync()).ShouldBeTrue();
        using var idle = await ChatClient.LoginAsync(node.Clients, "idle");
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(1000);
            await idle.SendAsync("ping");
            (await idle.LineAsync()).ShouldBe("OK ping");
        }

        (await idle.LineAsync()).ShouldContain("idle_timeout");
        (await idle.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_refuse_a_second_login_where_set_so()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "refuse.conf");
        await File.WriteAllTextAsync(file, "chat.session.second-login = refuse");
        await using var node = TestNode.Alone(data, null, "--config", file);
        await node.ReadyAsync();
        using var first = await ChatClient.LoginAsync(node.Clients, "bob");
        using var second = await ChatClient.ConnectAsync(node.Clients);
        await second.SendAsync("login bob");
        (await second.LineAsync()).ShouldStartWith("ERROR name_taken");
        await second.SendAsync("login carol");
        (await second.LineAsync()).ShouldStartWith("OK login carol");
        await second.SendAsync("chat bob hi");
        (await first.LineAsync()).ShouldEndWith(":hi");
    }

    [Fact]
    public async Task Should_serve_on_after_100000_random_and_mutated_lines()
    {
        using var data = new TempFolder();
        await using var node = TestNode.Alone(data);
        await node.ReadyAsync();
        await Fuzz(node, seed: 1, lines: 5_000);
        var before = node.Process.ResidentBytes;
        var log = node.Process.Output.Length;
        await Task.WhenAll(Enumerable.Range(2, 5).Select(seed => Fuzz(node, seed, lines: 19_000)));
        (node.Process.ResidentBytes - before).ShouldBeLessThan(100L << 20);
        (node.Process.Output.Length - log).ShouldBeLessThan(20_000, "the log is not flooded");
        using var alice = await ChatClient.LoginAsync(node.Clients, "alice");
        await alice.SendAsync("chat alice still here");
        (await alice.LineAsync()).ShouldBe("alice给您发了消息:still here");
    }

    private static async Task Fuzz(TestNode node, int seed, int lines)
    {
        var random = new Random(seed);
        byte[][] good =
        [
            Encoding.UTF8.GetBytes($$"""{"cmd":"login","name":"fuzz{{seed}}"}"""), "{\"cmd\":\"chat\",\"recv\":\"fuzz\",\"content\":\"x\",\"id\":\"1\"}"u8.ToArray(),
            "{\"cmd\":\"who\",\"name\":\"fuzz\"}"u8.ToArray(), "chat fuzz hello"u8.ToArray(), "who fuzz"u8.ToArray(), "{\"cmd\":\"ack\",\"seq\":1}"u8.ToArray(),
        ];
        var sent = 0;
        while (sent < lines)
        {
            using var client = await ChatClient.ConnectAsync(node.Clients);
            var reading = Drain(client);
            try
            {
                // A mutated line may be a good quit: then a new connection goes on.
                while (sent < lines && !reading.IsCompleted)
                {
                    var chunk = new List<byte>();
                    for (var i = 0; i < 50; i++, sent++)
                        chunk.AddRange([.. Mutate(good[random.Next(good.Length)], random), (byte)'\n']);
                    await client.SendRawAsync(chunk.ToArray());
                }

                await client.SendRawAsync("\n\u0000\nquit\n"u8.ToArray());
                client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Closed by the node while this side went on.
            }

            await reading;
        }
    }

    private static byte[] Mutate(byte[] line, Random random)
    {
        if (random.Next(10) == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return noise;
        }

        var copy = line.ToArray();
        for (var i = random.Next(4); i > 0; i--)
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        return random.Next(20) == 0 ? copy[..random.Next(copy.Length)] : copy;
    }

    private static async Task Drain(ChatClient client)
    {
        try
        {
            while (true)
                await client.RawLineAsync();
        }
        catch (Exception e) when (e is EndOfStreamException or System.Net.Sockets.SocketException)
        {
            // The end.
        }
    }

    private static async Task<ChatClient> LoginEventually(string address, string name)
    {
        ChatClient? client = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                client = await ChatClient.LoginAsync(address, name);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }, "there is room again");
        return client!;
    }

    internal static async Task<string> RefusalAsync(string address)
    {
        using var client = await ChatClient.ConnectAsync(address);
        var line = await client.LineAsync();
        (await client.IsClosedAsync()).ShouldBeTrue();
        return line;
    }
}
