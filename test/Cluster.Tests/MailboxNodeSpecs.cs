using ChatAkka.TestSupport;
using static ChatAkka.Cluster.Tests.MailboxLines;

namespace ChatAkka.Cluster.Tests;

/// <summary>Mailboxes on nodes that are set otherwise, or killed.</summary>
public class MailboxNodeSpecs
{
    [Fact]
    public async Task Should_tell_the_sender_when_a_mailbox_is_full()
    {
        using var data = new TempFolder();
        var config = Path.Combine(data.Path, "node.conf");
        await File.WriteAllTextAsync(config, "chat.mailbox.max-messages = 2");
        await using var node = TestNode.Alone(data, null, "--config", config);
        await node.ReadyAsync();
        using var a = await ChatClient.LoginAsync(node.Clients, "alice");
        for (var i = 1; i <= 2; i++)
        {
            await a.SendAsync(Chat("bob", i));
            (await a.LineAsync()).ShouldBe(Stored(i));
        }

        await a.SendAsync(Chat("bob", 3));
        (await a.LineAsync()).ShouldBe("""{"error":"mailbox_full","text":"the recipient's mailbox is full","id":3,"recv":"bob"}""");
        await a.SendAsync("chat bob more");
        (await a.LineAsync()).ShouldBe("ERROR mailbox_full bob: the recipient's mailbox is full");
    }

    [Fact]
    public async Task Should_do_without_mailboxes_where_they_are_switched_off()
    {
        using var data = new TempFolder();
        var config = Path.Combine(data.Path, "node.conf");
        await File.WriteAllTextAsync(config, "chat.mailbox.enabled = off");
        await using var node = TestNode.Alone(data, null, "--config", config);
        await node.ReadyAsync();
        using var a = await ChatClient.ConnectAsync(node.Clients);
        await a.SendAsync("""{"cmd":"login","name":"alice","ack":true}""");
        (await a.LineAsync()).ShouldContain("\"error\":\"unsupported\"");
        await a.SendAsync("""{"cmd":"login","name":"alice"}""");
        (await a.LineAsync()).ShouldContain("\"ok\":\"login\"");
        await a.SendAsync(Chat("bob", 1));
        (await a.LineAsync()).ShouldBe("""{"error":"recipient_offline","text":"the recipient is not logged in","id":1,"recv":"bob"}""");
    }

    [Fact]
    public async Task Should_have_everything_after_a_kill()
    {
        using var data = new TempFolder();
        await using var node = TestNode.Alone(data);
        await node.ReadyAsync();
        var receipts = 0;
        using (var a = await ChatClient.LoginAsync(node.Clients, "alice"))
        {
            for (var i = 1; i <= 300; i++)
                await a.SendAsync(Chat("bob", i));
            for (var i = 1; i <= 100; i++, receipts++)
                (await a.LineAsync()).ShouldBe(Stored(i));
            node.Process.Signal("KILL");
            await node.Process.ExitAsync();
            try
            {
                while ((await a.LineAsync()).Contains("stored", StringComparison.Ordinal))
                    receipts++;
            }
            catch (Exception e) when (e is EndOfStreamException or System.Net.Sockets.SocketException)
            {
                // What was written before the end is counted.
            }
        }

        await node.StartAgainAsync();
        await node.ReadyAsync();
        using var b = await ChatClient.LoginAsync(node.Clients, "bob", Acks);
        for (var i = 1; i <= receipts; i++)
            Delivered(await b.LineAsync()).Text.ShouldBe($"m{i}");
    }

    [FactNeedsRedis]
    public async Task Should_go_on_when_the_node_of_a_mailbox_is_killed()
    {
        await using var pair = await RelayedPair.StartAsync();
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, "alice");

        // So many that some live on either node.
        for (var i = 1; i <= 20; i++)
        {
            await alice.SendAsync(Chat($"off{i}", i));
            (await alice.LineAsync()).ShouldBe(Stored(i));
        }

        pair.B.Process.Signal("KILL");
        for (var i = 1; i <= 20; i++)
            await alice.SendAsync(Chat($"off{i}", 100 + i));
        for (var i = 1; i <= 20; i++)
            (await alice.LineAsync()).ShouldContain("stored");
        for (var i = 1; i <= 20; i++)
        {
            using var user = await ChatClient.LoginAsync(pair.A.Clients, $"off{i}");
            (await user.LineAsync()).ShouldEndWith($":m{i}");
            (await user.LineAsync()).ShouldEndWith($":m{100 + i}");
        }
    }
}
