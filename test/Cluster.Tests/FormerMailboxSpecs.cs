using System.Text;
using System.Text.Json;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Cluster.Tests;

/// <summary>What a node of a version with a mailbox for each user wrote is taken over, once.</summary>
public class FormerMailboxSpecs
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>Everything may be read and written but the keys of the former mailboxes, which may only be read. So they are copied and cannot be deleted.</summary>
    private static readonly string[] s_readOnly =
    [
        "~chat:[^js]*", "~chat:journal:[^p]*", "~chat:journal:persisted:[^m]*", "~chat:journal:persisted:mailboxes-*",
        "~chat:s[^n]*", "~chat:snapshot:[^m]*", "~chat:snapshot:mailboxes-*", "%R~*",
    ];

    [FactNeedsRedis]
    public async Task Should_take_over_each_message_once_in_order_and_know_the_ids()
    {
        var former = FormerData.Load("redis.json");
        await using var redis = await RedisServer.StartAsync();
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        await former.PutAsync(store.GetDatabase(), s_hour);
        former.MailboxKeys.Count.ShouldBeGreaterThan(20);
        for (var start = 0; start < 2; start++)
        {
            await using var node = TestNode.Node(redis.Address, null);
            await node.ReadyAsync();
            await SendAllAgainAsync(node, former);
            foreach (var (user, messages) in former.Waiting)
                await CheckAsync(node, user, messages);
            foreach (var key in former.MailboxKeys)
                (await store.GetDatabase().KeyExistsAsync(key)).ShouldBeFalse(key);
            node.Process.Signal("TERM");
            (await node.Process.ExitAsync()).ShouldBe(0);
        }

        await using var last = TestNode.Node(redis.Address, null);
        await last.ReadyAsync();
        await AcknowledgeAndGoOnAsync(last, "many", former.Waiting["many"]);
    }

    [FactNeedsRedis]
    public async Task Should_take_over_each_message_once_when_the_node_is_killed_before_the_former_keys_are_deleted()
    {
        var former = FormerData.Load("redis.json");
        await using var redis = await RedisServer.StartAsync();
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        var database = store.GetDatabase();
        await former.PutAsync(database, s_hour);
        await database.ExecuteAsync("ACL", ["SETUSER", "default", "resetkeys", .. s_readOnly]);
        await using (var node = TestNode.Node(redis.Address, null))
        {
            await Eventually.TrueAsync(async () => await CopiedAsync(store, former) >= 3, "mailboxes of three partitions are copied");
            node.Process.Signal("KILL");
            await node.Process.ExitAsync();
        }

        foreach (var key in former.MailboxKeys)
            (await database.KeyExistsAsync(key)).ShouldBeTrue(key);
        await database.ExecuteAsync("ACL", "SETUSER", "default", "allkeys");
        await using var next = TestNode.Node(redis.Address, null);
        await next.ReadyAsync();
        await SendAllAgainAsync(next, former);
        foreach (var (user, messages) in former.Waiting)
            await CheckAsync(next, user, messages);
        foreach (var key in former.MailboxKeys)
            (await database.KeyExistsAsync(key)).ShouldBeFalse(key);
    }

    /// <summary>How many partitions have a message in their log that a former mailbox had.</summary>
    private static async Task<int> CopiedAsync(ConnectionMultiplexer store, FormerData former)
    {
        var contents = former.Waiting.SelectMany(u => u.Value).Where(m => m.Content.Length > 5).Select(m => Encoding.UTF8.GetBytes(m.Content)).ToList();
        var copied = 0;
        await foreach (var key in store.GetServers().Single().KeysAsync(pattern: "chat:journal:persisted:mailboxes-*"))
        {
            if (key.ToString().EndsWith("highestSequenceNr", StringComparison.Ordinal))
                continue;
            var events = await store.GetDatabase().SortedSetRangeByRankAsync(key);
            copied += events.Any(e => contents.Any(c => ((byte[])e!).AsSpan().IndexOf(c) >= 0)) ? 1 : 0;
        }

        return copied;
    }

    /// <summary>Sends each chat with an id again. Each gets a receipt, and none is stored twice.</summary>
    private static async Task SendAllAgainAsync(TestNode node, FormerData former)
    {
        foreach (var chats in former.Stored.GroupBy(c => c.Sender))
        {
            using var sender = await ChatClient.LoginAsync(node.Clients, chats.Key);
            foreach (var (recipient, _, id, content) in chats)
            {
                await sender.SendAsync($$"""{"cmd":"chat","recv":{{JsonSerializer.Serialize(recipient)}},"content":{{JsonSerializer.Serialize(content)}},"id":{{id}}}""");
                (await sender.LineAsync()).ShouldBe($$"""{"ok":"chat","id":{{id}},"receipt":"stored"}""");
            }
        }
    }

    /// <summary>A user gets exactly the messages that wait, under their numbers, and acknowledges none.</summary>
    private static async Task CheckAsync(TestNode node, string user, IReadOnlyList<FormerData.Message> messages)
    {
        using var client = await LoginAsync(node, user, messages.Count);
        foreach (var expected in messages)
            Read(await client.LineAsync()).ShouldBe(expected);
        await client.SendAsync("ping");
        (await client.LineAsync()).ShouldBe("OK ping", $"{user} gets no more");
    }

    /// <summary>What is acknowledged is gone, and later messages get higher numbers.</summary>
    private static async Task AcknowledgeAndGoOnAsync(TestNode node, string user, IReadOnlyList<FormerData.Message> messages)
    {
        using var alice = await ChatClient.LoginAsync(node.Clients, "alice");
        using (var client = await LoginAsync(node, user, messages.Count))
        {
            for (var i = 0; i < messages.Count; i++)
                await client.LineAsync();
            await client.SendAsync($$"""{"cmd":"ack","seq":{{messages[^1].Number}}}""");
            await client.SendAsync("quit");
            (await client.LineAsync()).ShouldBe("OK logout");
        }

        await alice.SendAsync($$"""{"cmd":"chat","recv":"{{user}}","content":"later","id":"later"}""");
        (await alice.LineAsync()).ShouldContain("stored");
        using var again = await LoginAsync(node, user, 1);
        var later = Read(await again.LineAsync());
        (later.Content, later.Number > messages[^1].Number).ShouldBe(("later", true));
    }

    private static async Task<ChatClient> LoginAsync(TestNode node, string user, int waiting)
    {
        var client = await ChatClient.ConnectAsync(node.Clients);
        await client.SendAsync($$"""{"cmd":"login","name":{{JsonSerializer.Serialize(user)}},"format":"json","ack":true}""");
        using var answer = JsonDocument.Parse(await client.LineAsync());
        answer.RootElement.GetProperty("waiting").GetInt32().ShouldBe(waiting, user);
        return client;
    }

    private static FormerData.Message Read(string line)
    {
        using var message = JsonDocument.Parse(line);
        var all = message.RootElement;
        return new FormerData.Message(
            all.GetProperty("seq").GetInt64(),
            all.GetProperty("send").GetString()!,
            all.TryGetProperty("id", out var id) ? id.GetRawText() : "null",
            all.GetProperty("content").GetString()!);
    }
}
