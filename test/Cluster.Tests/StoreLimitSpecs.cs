using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>What an embedded store does when its memory fills.</summary>
public class StoreLimitSpecs
{
    [Fact]
    public async Task Should_refuse_chats_before_anything_is_lost_and_take_them_again_when_messages_were_read()
    {
        using var data = new TempFolder();
        using var settings = new TempFolder();
        var file = Path.Combine(settings.Path, "small.conf");
        await File.WriteAllTextAsync(file, "chat.redis.embedded.max-memory = 16MiB");
        await using var node = TestNode.Alone(data, null, "--config", file);
        await node.Process.WaitForAsync("is ready");
        using var alice = await ChatClient.LoginAsync(node.Clients, "alice", ",\"format\":\"json\"");

        var text = new string('x', 60_000);
        var stored = 0;
        string line;
        while (true)
        {
            line = await Answer(stored);
            if (!line.Contains("\"stored\"", StringComparison.Ordinal))
                break;
            (++stored).ShouldBeLessThan(1000);
        }

        line.ShouldContain("mailbox_unavailable");
        stored.ShouldBeGreaterThan(50);
        node.Process.Output.ShouldContain("The embedded store is full");

        // Logins go on, and all that was stored is there.
        for (var user = 0; user < 10; user++)
        {
            using var reader = await ChatClient.ConnectAsync(node.Clients);
            await reader.SendAsync($"login user{user}");
            var waiting = (stored + 9 - user) / 10;
            (await reader.LineAsync()).ShouldEndWith($" waiting {waiting}");
            for (var n = 0; n < waiting; n++)
                (await reader.LineAsync()).ShouldEndWith(text);
        }

        await Eventually.TrueAsync(async () => (await Answer(stored++)).Contains("\"stored\"", StringComparison.Ordinal), "there is room again");

        async Task<string> Answer(int n)
        {
            await alice.SendAsync($"{{\"cmd\":\"chat\",\"recv\":\"user{n % 10}\",\"id\":\"{n}\",\"content\":\"{text}\"}}");
            return await alice.LineAsync();
        }
    }
}
