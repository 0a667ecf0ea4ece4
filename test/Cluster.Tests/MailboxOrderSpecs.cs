using System.Text.Json;
using ChatAkka.TestSupport;
using static ChatAkka.Cluster.Tests.MailboxLines;

namespace ChatAkka.Cluster.Tests;

/// <summary>Chats keep their order through a mailbox: while its user moves, does not read, or stops in the middle.</summary>
[Collection(SharedPair.Name)]
public class MailboxOrderSpecs(PairFixture pair)
{
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
}
