using System.Text.Json;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Messages for who is not there, and for who acknowledges, over real sockets on two nodes.</summary>
public class MailboxSpecs(PairFixture pair) : IClassFixture<PairFixture>
{
    private const string Acks = ",\"ack\":true,\"format\":\"json\"";
    private static int s_lastUser;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_hand_over_what_waits_at_login_in_order(bool local)
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        for (var i = 1; i <= 20; i++)
        {
            await a.SendAsync(Chat(bob, i));
            (await a.LineAsync()).ShouldBe(Stored(i));
        }

        await a.SendAsync($"chat {bob} without an id");
        (await a.LineAsync()).ShouldBe($"OK stored for {bob}");
        await a.SendAsync(Chat(bob, 21));
        (await a.LineAsync()).ShouldBe(Stored(21));
        using (var b = await ChatClient.ConnectAsync(local ? pair.A.Clients : pair.B.Clients))
        {
            await b.SendAsync($"login {bob}");
            (await b.LineAsync()).ShouldEndWith(" waiting 22");
            for (var i = 1; i <= 20; i++)
                (await b.LineAsync()).ShouldBe($"{alice}给您发了消息:m{i}");
            (await b.LineAsync()).ShouldEndWith(":without an id");
            (await b.LineAsync()).ShouldEndWith(":m21");

            // From here on directly, as soon as the mailbox knows that all was read.
            var next = 22;
            await Eventually.TrueAsync(
                async () =>
                {
                    await a.SendAsync(Chat(bob, next));
                    (await b.LineAsync()).ShouldEndWith($":m{next++}");
                    return (await a.LineAsync()).Contains("delivered", StringComparison.Ordinal);
                },
                "chats go directly");
        }

        await Eventually.TrueAsync(() => !pair.HasSession(bob), "bob is gone");
        using var again = await ChatClient.ConnectAsync(pair.B.Clients);
        await again.SendAsync($"login {bob}");
        (await again.LineAsync()).ShouldEndWith(" waiting 0");
    }

    [Fact]
    public async Task Should_deliver_with_the_same_number_until_it_is_acknowledged()
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        List<long> numbers = [];
        using (var b = await ChatClient.LoginAsync(pair.B.Clients, bob, Acks))
        {
            for (var i = 1; i <= 3; i++)
            {
                await a.SendAsync(Chat(bob, i));
                (await a.LineAsync()).ShouldBe(Stored(i));
                var (seq, text) = Delivered(await b.LineAsync());
                text.ShouldBe($"m{i}");
                seq.ShouldBeGreaterThan(numbers.LastOrDefault());
                numbers.Add(seq);
            }

            await b.SendAsync($$"""{"cmd":"ack","seq":{{numbers[0]}}}""");
        }

        await Eventually.TrueAsync(() => !pair.HasSession(bob), "bob is gone");
        using (var b = await ChatClient.ConnectAsync(pair.A.Clients))
        {
            await b.SendAsync($$"""{"cmd":"login","name":"{{bob}}"{{Acks}}}""");
            (await b.LineAsync()).ShouldEndWith("\"waiting\":2}");
            Delivered(await b.LineAsync()).ShouldBe((numbers[1], "m2"));
            Delivered(await b.LineAsync()).ShouldBe((numbers[2], "m3"));
            await b.SendAsync($$"""{"cmd":"ack","seq":{{numbers[2]}}}""");
        }

        await Eventually.TrueAsync(() => !pair.HasSession(bob), "bob is gone");
        using (var b = await ChatClient.ConnectAsync(pair.B.Clients))
        {
            await b.SendAsync($$"""{"cmd":"login","name":"{{bob}}"{{Acks}}}""");
            (await b.LineAsync()).ShouldEndWith("\"waiting\":0}");
            await a.SendAsync(Chat(bob, 4));
            Delivered(await b.LineAsync()).Text.ShouldBe("m4");
        }
    }

    [Fact]
    public async Task Should_keep_a_chat_once_that_is_sent_again_from_another_node()
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using (var a = await ChatClient.LoginAsync(pair.A.Clients, alice))
        {
            await a.SendAsync(Chat(bob, 1));
            (await a.LineAsync()).ShouldBe(Stored(1));
        }

        using (var a = await ChatClient.LoginAsync(pair.B.Clients, alice))
        {
            await a.SendAsync(Chat(bob, 1));
            (await a.LineAsync()).ShouldBe(Stored(1));
            using var b = await ChatClient.LoginAsync(pair.B.Clients, bob, Acks);
            (await b.LineAsync()).ShouldContain("\"content\":\"m1\"");
            await a.SendAsync(Chat(bob, 1));
            (await a.LineAsync()).ShouldBe(Stored(1));
            await a.SendAsync(Chat(bob, 2));
            Delivered(await b.LineAsync()).Text.ShouldBe("m2");
        }
    }

    /// <summary>Each name stands for a harm that a line from anybody could do: to every mailbox of a node, to another's mailbox, to itself.</summary>
    [Fact]
    public async Task Should_keep_chats_whatever_the_recipient_is_called_and_harm_no_other_mailbox()
    {
        var (alice, victim) = (User("alice"), User("victim"));
        string[] names =
        [
            // Their hash has no absolute value.
            "aaaa\u5C7C\u7295", "aaac\u7647\u4733",

            // The second was the number of the last event of the first.
            victim, $"{victim}:highestSequenceNr", $"{victim}:highestSequenceNr:highestSequenceNr", $"{victim}%3AhighestSequenceNr",

            // Part of an actor's name, of a path or of a pattern.
            "%", "%41", "%2", "$a", "/", "a/b", "..", ".", "*", "[a]", "{a}", "}", "#1", "@", "\\", "\u007E;()',+=&!?<>|^`",
        ];
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        foreach (var name in names.Reverse())
        {
            await a.SendAsync(Chat(JsonEncodedText.Encode(name).ToString(), 1));
            (await a.LineAsync()).ShouldBe(Stored(1), name);
        }

        foreach (var name in names)
        {
            using var b = await ChatClient.LoginAsync(pair.B.Clients, JsonEncodedText.Encode(name).ToString(), Acks);
            Delivered(await b.LineAsync()).Text.ShouldBe("m1", name);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_keep_the_order_whatever_path_they_take(bool acknowledges)
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        var receipts = 0;
        var reading = Task.Run(async () =>
        {
            while (Volatile.Read(ref receipts) < 3000)
            {
                (await a.LineAsync()).ShouldContain("\"receipt\"");
                Interlocked.Increment(ref receipts);
            }
        });
        var sending = Task.Run(async () =>
        {
            for (var i = 1; i <= 3000; i++)
            {
                await a.SendAsync(Chat(bob, i));
                while (i - Volatile.Read(ref receipts) > 50)
                    await Task.Delay(1);
                if (i % 10 == 0)
                    await Task.Delay(2);
            }
        });

        var last = 0;
        var seen = new List<int>();
        var node = 0;
        while (last < 3000)
        {
            using var b = await ChatClient.LoginAsync(node++ % 2 == 0 ? pair.A.Clients : pair.B.Clients, bob, acknowledges ? Acks : ",\"format\":\"json\"");
            var from = last;
            var upTo = Math.Min(3000, last + 150 + (node * 10));
            while (last < upTo)
            {
                var (seq, text) = Delivered(await b.LineAsync());
                var number = int.Parse(text[1..], System.Globalization.CultureInfo.InvariantCulture);
                if (acknowledges && number <= last)
                    continue;
                number.ShouldBeGreaterThan(last);
                if (acknowledges)
                    number.ShouldBe(last + 1);
                last = number;
                seen.Add(number);
                if (acknowledges && number % 20 == 0)
                    await b.SendAsync($$"""{"cmd":"ack","seq":{{seq}}}""");
            }

            // A client that does not acknowledge loses what is on its way to it when it goes: it waits until there is nothing.
            if (!acknowledges)
                last = await QuitAsync(b, last, seen);
        }

        await sending;
        await reading.WaitAsync(TimeSpan.FromSeconds(30));
        seen.SequenceEqual(Enumerable.Range(1, 3000)).ShouldBeTrue(Runs(seen));
    }

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

    [Fact]
    public async Task Should_keep_what_a_client_did_not_read()
    {
        var (alice, slow) = (User("alice"), User("slow"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        using var s = await ChatClient.ConnectAsync(pair.B.Clients, receiveBuffer: 4096);
        await s.SendAsync($"login {slow}");
        (await s.LineAsync()).ShouldStartWith("OK");
        const int Count = 1500;
        var fill = new string('x', 8000);
        var sending = Task.Run(async () =>
        {
            for (var i = 1; i <= Count; i++)
                await a.SendAsync($$"""{"cmd":"chat","recv":"{{slow}}","content":"{{i}} {{fill}}","id":{{i}}}""");
        });
        List<int> kept = [];
        for (var i = 1; i <= Count; i++)
        {
            var line = await a.LineAsync();
            if (line.Contains("\"receipt\"", StringComparison.Ordinal))
                kept.Add(JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32());
            else
                line.ShouldContain("mailbox_full");
        }

        await sending;
        List<int> before = [];
        List<int> after = [];
        await ReadToTheEndAsync(s, before);
        using (var b = await ChatClient.LoginAsync(pair.A.Clients, slow))
        {
            while (after.Count == 0 || after[^1] != kept.Max())
                after.Add(Number(await b.LineAsync()));
        }

        // What was on its way to the socket may come again; what the socket had is lost where the connection was reset.
        var story = $"{kept.Count} receipts; before {Runs(before)}; after {Runs(after)}; kept {Runs(kept)}";
        before.SequenceEqual(before.Order()).ShouldBeTrue(story);
        after.SequenceEqual(after.Order()).ShouldBeTrue(story);
        var known = before.Count > 0 ? before[0] : after[0];
        before.Union(after).SequenceEqual(kept.Order().SkipWhile(n => n < known)).ShouldBeTrue(story);
    }

    [Fact]
    public async Task Should_keep_the_order_when_a_reader_stops_in_the_middle_of_a_backlog()
    {
        var (alice, slow) = (User("alice"), User("slow"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        const int Count = 900;
        var fill = new string('x', 8000);
        var sending = Task.Run(async () =>
        {
            for (var i = 1; i <= Count; i++)
                await a.SendAsync($$"""{"cmd":"chat","recv":"{{slow}}","content":"{{i}} {{fill}}","id":{{i}}}""");
        });
        for (var i = 1; i <= Count; i++)
            (await a.LineAsync()).ShouldBe(Stored(i));
        await sending;

        // It reads a little, and then goes on asking without reading until there is no space for the answers.
        List<int> before = [];
        using (var s = await ChatClient.ConnectAsync(pair.B.Clients, receiveBuffer: 4096))
        {
            await s.SendAsync($"login {slow}");
            (await s.LineAsync()).ShouldStartWith("OK");
            for (var i = 1; i <= 3; i++)
                before.Add(Number(await s.LineAsync()));
            try
            {
                while (pair.HasSession(slow))
                    await s.SendAsync("help");
            }
            catch (System.Net.Sockets.SocketException)
            {
                // It was closed.
            }

            await Eventually.TrueAsync(() => !pair.HasSession(slow), "it is closed");
            await ReadToTheEndAsync(s, before);
        }

        List<int> after = [];
        using (var b = await ChatClient.LoginAsync(pair.A.Clients, slow))
        {
            while (after.Count == 0 || after[^1] != Count)
                after.Add(Number(await b.LineAsync()));
        }

        var story = $"before {Runs(before)}; after {Runs(after)}";
        before.SequenceEqual(Enumerable.Range(1, before.Count)).ShouldBeTrue(story);
        after.SequenceEqual(Enumerable.Range(after[0], Count - after[0] + 1)).ShouldBeTrue(story);

        // It was closed in the middle: a good part of the backlog was not handed out.
        after.Count.ShouldBeGreaterThan(Count / 4, story);
    }

    [Fact]
    public async Task Should_hand_a_chat_to_a_session_once_that_is_sent_again()
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        using var b = await ChatClient.LoginAsync(pair.B.Clients, bob);
        foreach (var i in new[] { 1, 1, 2 })
        {
            await a.SendAsync(Chat(bob, i));
            (await a.LineAsync()).ShouldContain("delivered");
        }

        (await b.LineAsync()).ShouldEndWith(":m1");
        (await b.LineAsync()).ShouldEndWith(":m2");
    }

    [FactNeedsRedis]
    public async Task Should_go_on_when_the_node_of_a_mailbox_is_killed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var relay = TestNode.Relay(redis.Address);
        await using var a = TestNode.Node(redis.Address, relay.Cluster);
        await using var b = TestNode.Node(redis.Address, relay.Cluster);
        await a.ReadyAsync();
        await b.ReadyAsync();
        using var alice = await ChatClient.LoginAsync(a.Clients, "alice");

        // So many that some live on either node.
        for (var i = 1; i <= 20; i++)
        {
            await alice.SendAsync(Chat($"off{i}", i));
            (await alice.LineAsync()).ShouldBe(Stored(i));
        }

        b.Process.Signal("KILL");
        for (var i = 1; i <= 20; i++)
            await alice.SendAsync(Chat($"off{i}", 100 + i));
        for (var i = 1; i <= 20; i++)
            (await alice.LineAsync()).ShouldContain("stored");
        for (var i = 1; i <= 20; i++)
        {
            using var user = await ChatClient.LoginAsync(a.Clients, $"off{i}");
            (await user.LineAsync()).ShouldEndWith($":m{i}");
            (await user.LineAsync()).ShouldEndWith($":m{100 + i}");
        }
    }

    private static async Task ReadToTheEndAsync(ChatClient client, List<int> numbers)
    {
        try
        {
            while (true)
            {
                var line = await client.LineAsync();
                if (line.Contains("给您发了消息", StringComparison.Ordinal))
                    numbers.Add(Number(line));
            }
        }
        catch (Exception e) when (e is EndOfStreamException or System.Net.Sockets.SocketException)
        {
            // A connection that was cut off may end in the middle of a line.
        }
    }

    /// <summary>Numbers in short: 1-5,7-9.</summary>
    private static string Runs(IReadOnlyList<int> numbers)
    {
        List<string> runs = [];
        for (var i = 0; i < numbers.Count;)
        {
            var end = i;
            while (end + 1 < numbers.Count && numbers[end + 1] == numbers[end] + 1)
                end++;
            runs.Add($"{numbers[i]}-{numbers[end]}");
            i = end + 1;
        }

        return string.Join(",", runs);
    }

    private static int Number(string line) =>
        int.Parse(line.Split(':', 2)[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads on until everything before the answer to <c>quit</c> is there.</summary>
    private static async Task<int> QuitAsync(ChatClient client, int last, List<int> seen)
    {
        await client.SendAsync("""{"cmd":"logout"}""");
        while (true)
        {
            var line = await client.LineAsync();
            if (line.StartsWith("{\"ok\":\"logout\"", StringComparison.Ordinal))
                return last;
            var number = int.Parse(Delivered(line).Text[1..], System.Globalization.CultureInfo.InvariantCulture);
            number.ShouldBeGreaterThan(last);
            last = number;
            seen.Add(number);
        }
    }

    private static (long Number, string Text) Delivered(string line)
    {
        using var json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("cmd").GetString().ShouldBe("chat", line);
        return (json.RootElement.GetProperty("seq").GetInt64(), json.RootElement.GetProperty("content").GetString()!);
    }

    private static string Chat(string to, int i) => $$"""{"cmd":"chat","recv":"{{to}}","content":"m{{i}}","id":{{i}}}""";

    private static string Stored(int i) => $$"""{"ok":"chat","id":{{i}},"receipt":"stored"}""";

    private static string User(string name) => $"{name}-mb{Interlocked.Increment(ref s_lastUser)}";
}
