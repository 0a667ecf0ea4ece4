using System.Diagnostics;
using System.Text.Json;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Clients that do not read, or read slowly, while their mailboxes hold much more than the operating systems take for them.</summary>
public class SlowReaderSpecs
{
    private const int Messages = 120;
    private const int ReceiveBuffer = 64 * 1024;
    private static readonly string s_text = new('x', 30_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_close_who_reads_nothing_and_hand_out_the_rest_at_the_next_login(bool acks)
    {
        using var data = new TempFolder();
        await using var node = await StartAsync(data);
        await FillAsync(node);
        using (var deaf = await LoginAsync(node, acks))
        {
            await node.Process.WaitForAsync("its client does not read, and its socket takes nothing");
            using var alice = await ChatClient.LoginAsync(node.Clients, "alice");
            await Eventually.TrueAsync(
                async () =>
                {
                    await alice.SendAsync("""{"cmd":"who","name":"slow"}""");
                    return (await alice.LineAsync()).Contains("\"online\":false", StringComparison.Ordinal);
                },
                "the session is released");
        }

        // Without "ack" a message counts as read when the operating system has taken it.
        using var next = await LoginAsync(node, acks);
        var first = NumberOf(await next.LineAsync());
        first.ShouldBeInRange(1, acks ? 1 : Messages / 4);
        for (var number = first + 1; number <= Messages; number++)
            NumberOf(await next.LineAsync()).ShouldBe(number);
        await next.SendAsync("quit");
        (await next.LineAsync()).ShouldBe("OK logout");
        node.Process.Signal("TERM");
        (await node.Process.ExitAsync()).ShouldBe(0);
        node.Process.Output.ShouldContain("lines or connections slow_consumer 1");
    }

    [Fact]
    public async Task Should_not_close_who_reads_slowly_and_steadily()
    {
        using var data = new TempFolder();
        await using var node = await StartAsync(data, "3s");
        await FillAsync(node);
        using var slow = await LoginAsync(node, acks: true);
        var watch = Stopwatch.StartNew();
        for (var number = 1; number <= Messages; number++)
        {
            NumberOf(await slow.LineAsync()).ShouldBe(number);
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(10), "several times the time-out");
        await slow.SendAsync("ping");
        (await slow.LineAsync()).ShouldContain("ping");
        node.Process.Output.ShouldNotContain("does not read");
    }

    private static async Task<TestNode> StartAsync(TempFolder data, string writeTimeout = "1s")
    {
        var file = Path.Combine(data.Path, "node.conf");
        await File.WriteAllTextAsync(file, $"chat.connection.write-timeout = {writeTimeout}");
        var node = TestNode.Alone(Path.Combine(data.Path, "store"), null, "--config", file);
        await node.ReadyAsync();
        return node;
    }

    private static async Task FillAsync(TestNode node)
    {
        using var alice = await ChatClient.LoginAsync(node.Clients, "alice");
        for (var i = 1; i <= Messages; i++)
        {
            await alice.SendAsync($$"""{"cmd":"chat","recv":"slow","content":"{{i}} {{s_text}}","id":{{i}}}""");
            (await alice.LineAsync()).ShouldContain("stored");
        }
    }

    private static async Task<ChatClient> LoginAsync(TestNode node, bool acks)
    {
        var client = await ChatClient.ConnectAsync(node.Clients, ReceiveBuffer);
        await client.SendAsync($$"""{"cmd":"login","name":"slow","format":"json","ack":{{(acks ? "true" : "false")}}}""");
        (await client.LineAsync()).ShouldContain("\"ok\":\"login\"");
        return client;
    }

    private static int NumberOf(string line)
    {
        using var message = JsonDocument.Parse(line);
        var content = message.RootElement.GetProperty("content").GetString()!;
        return int.Parse(content[..content.IndexOf(' ', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
    }
}
