using System.Text;
using ChatAkka.TestSupport;
using CsCheck;

namespace ChatAkka.Cluster.Tests;

/// <summary>The seed's system on real sockets: two nodes, the relay between them.</summary>
[Collection(Alone.Name)]
public class ChatSpecs(PairFixture pair) : IClassFixture<PairFixture>
{
    private async Task<long> SinceAsync(string user) => (long)await pair.Redis.GetDatabase().HashGetAsync($"chat:session:{user}", "since");

    private static int s_users;

    public static TheoryData<bool> LocalAndAcross => [true, false];

    [Theory]
    [MemberData(nameof(LocalAndAcross))]
    public async Task Should_deliver_the_exact_bytes_of_the_seed(bool local)
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        using var b = await ChatClient.LoginAsync(local ? pair.A.Clients : pair.B.Clients, bob);
        await a.SendAsync($$"""{"cmd":"chat","send":"{{alice}}","recv":"{{bob}}","content":"hi"}""");
        (await b.RawLineAsync()).ShouldBe(Encoding.UTF8.GetBytes($"{alice}给您发了消息:hi"));
    }

    [Theory]
    [MemberData(nameof(LocalAndAcross))]
    public async Task Should_answer_a_chat_with_an_id_with_one_receipt(bool local)
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        using var b = await ChatClient.LoginAsync(local ? pair.A.Clients : pair.B.Clients, bob, ",\"format\":\"json\"");
        await a.SendAsync($$"""{"cmd":"chat","recv":"{{bob}}","content":"hi","id":"x1"}""");
        (await a.LineAsync()).ShouldBe("""{"ok":"chat","id":"x1","receipt":"delivered"}""");
        (await b.LineAsync()).ShouldMatch($$"""^\{"cmd":"chat","send":"{{alice}}","content":"hi","id":"x1","seq":1,"time":\d{13}\}$""");
        await a.SendAsync("""{"cmd":"chat","recv":"nobody-here","content":"hi","id":"x2"}""");
        (await a.LineAsync()).ShouldBe("""{"ok":"chat","id":"x2","receipt":"stored"}""");
    }

    [Fact]
    public async Task Should_not_let_anybody_speak_as_somebody_else()
    {
        var alice = User("alice");
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        await a.SendAsync($$"""{"cmd":"chat","send":"bob","recv":"{{alice}}","content":"hi"}""");
        (await a.LineAsync()).ShouldContain("\"error\":\"forbidden\"");
        await a.SendAsync($$"""{"cmd":"forward","send":"bob","recv":"{{alice}}","content":"hi"}""");
        (await a.LineAsync()).ShouldContain("\"error\":\"forbidden\"");
        await a.SendAsync("ping");
        (await a.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_take_commands_cut_at_every_byte_of_a_live_socket()
    {
        var alice = User("alice");
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        var lines = string.Concat(Enumerable.Range(0, 6).Select(i => $$"""{"cmd":"chat","recv":"{{alice}}","content":"é{{i}}"}""" + (i % 2 == 0 ? "\n" : "\r\n")));
        foreach (var b in Encoding.UTF8.GetBytes(lines))
            await a.SendRawAsync(new[] { b });
        for (var i = 0; i < 6; i++)
            (await a.LineAsync()).ShouldBe($"{alice}给您发了消息:é{i}");
    }

    [Fact]
    public async Task Should_take_many_commands_in_segments_of_any_size()
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var b = await ChatClient.LoginAsync(pair.B.Clients, bob);
        using var a = await ChatClient.ConnectAsync(pair.A.Clients);
        var stream = Encoding.UTF8.GetBytes($"login {alice}\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"chat {bob} {i}\n")));
        var sizes = Gen.Int[1, 700].Array[100, 100].Single();
        for (int at = 0, i = 0; at < stream.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], stream.Length - at);
            await a.SendRawAsync(stream.AsMemory(at, size));
            at += size;
        }

        (await a.LineAsync()).ShouldStartWith($"OK login {alice}");
        for (var i = 0; i < 500; i++)
            (await b.LineAsync()).ShouldBe($"{alice}给您发了消息:{i}");
    }

    [Fact]
    public async Task Should_deliver_20000_chats_without_pause_to_a_recipient_not_looked_up_before() =>
        await Flood(pair, User("alice"), User("bob"));

    [Fact]
    public async Task Should_replace_a_session_across_nodes_and_leave_the_new_one_alone()
    {
        var bob = User("bob");
        using var first = await ChatClient.LoginAsync(pair.A.Clients, bob);
        using var second = await ChatClient.LoginAsync(pair.B.Clients, bob);
        (await first.LineAsync()).ShouldContain("\"error\":\"replaced\"");
        (await first.IsClosedAsync()).ShouldBeTrue();
        using var third = await ChatClient.LoginAsync(pair.B.Clients, bob);
        (await second.LineAsync()).ShouldContain("\"error\":\"replaced\"");
        using var alice = await ChatClient.LoginAsync(pair.A.Clients, User("alice"));
        await alice.SendAsync($$"""{"cmd":"chat","recv":"{{bob}}","content":"hi","id":1}""");
        (await third.LineAsync()).ShouldEndWith(":hi");
        pair.HasSession(bob).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_tell_all_at_once_when_their_users_log_in_on_another_node()
    {
        // Each node compares a third of its sessions with the registry a second: within less than two it could not close all of these.
        var users = Enumerable.Range(0, 30).Select(_ => User("bob")).ToList();
        var begun = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var first = await Task.WhenAll(users.Select(u => ChatClient.LoginAsync(pair.A.Clients, u)));
        (await SinceAsync(users[0])).ShouldBeInRange(begun, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), "it is the time of the login");
        var second = await Task.WhenAll(users.Select(u => ChatClient.LoginAsync(pair.B.Clients, u)));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        foreach (var line in await Task.WhenAll(first.Select(c => c.LineAsync())))
            line.ShouldContain("\"error\":\"replaced\"");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1.9));
        foreach (var client in first.Concat(second))
            client.Dispose();
    }

    [Fact]
    public async Task Should_follow_a_recipient_to_another_node()
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        for (var i = 0; i < 10; i++)
        {
            using var b = await ChatClient.LoginAsync(i % 2 == 0 ? pair.B.Clients : pair.A.Clients, bob);
            await a.SendAsync($$"""{"cmd":"chat","recv":"{{bob}}","content":"{{i}}","id":{{i}}}""");
            (await b.LineAsync()).ShouldEndWith($":{i}");
            (await a.LineAsync()).ShouldContain("delivered");
        }
    }

    [Theory]
    [InlineData("close")]
    [InlineData("quit")]
    [InlineData("reset")]
    [InlineData("half-close")]
    public async Task Should_delete_the_session_key_within_a_second_of_the_end(string how)
    {
        // The median of three: one slow write of a busy disk is no evidence.
        var times = new List<TimeSpan>();
        for (var i = 0; i < 3; i++)
            times.Add(await TimeToRelease(how));
        times.Order().ElementAt(1).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Should_still_answer_what_was_sent_before_the_end_of_input()
    {
        var (alice, bob) = (User("alice"), User("bob"));
        using var b = await ChatClient.LoginAsync(pair.B.Clients, bob);
        using var a = await ChatClient.ConnectAsync(pair.A.Clients);
        await a.SendAsync($"login {alice}\n" + $$"""{"cmd":"chat","recv":"{{bob}}","content":"bye","id":1}""" + "\n" + """{"cmd":"chat","recv":"nn","content":"bye","id":2}""");
        a.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        (await a.LineAsync()).ShouldStartWith("OK login");
        var answers = new[] { await a.LineAsync(), await a.LineAsync() };
        answers.ShouldContain(l => l.Contains("delivered"));
        answers.ShouldContain(l => l.Contains("stored"));
        (await a.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_close_a_client_that_never_reads_and_serve_the_others()
    {
        // In the first flood the heap may grow to what the garbage collector allows. The second one must not need more.
        await FloodASlowClientAsync();
        var before = pair.B.Process.ResidentBytes;
        await FloodASlowClientAsync();
        (pair.B.Process.ResidentBytes - before).ShouldBeLessThan(40L << 20, "50 MB were sent");
    }

    private static async Task ReadAllAsync(ChatClient client)
    {
        try
        {
            while (true)
                await client.RawLineAsync();
        }
        catch (Exception e) when (e is TimeoutException or EndOfStreamException or ObjectDisposedException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            // It ended, or nothing more comes.
        }
    }

    private async Task FloodASlowClientAsync()
    {
        var (alice, slow, carol) = (User("alice"), User("slow"), User("carol"));
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        using var c = await ChatClient.LoginAsync(pair.B.Clients, carol);
        using var s = await ChatClient.ConnectAsync(pair.B.Clients, receiveBuffer: 4096);
        await s.SendAsync($"login {slow}");
        (await s.LineAsync()).ShouldStartWith("OK");
        var chat = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($$"""{"cmd":"chat","recv":"{{slow}}","content":"{{new string('x', 1000)}}"}""" + "\n", 100)));
        var flood = Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
                await a.SendRawAsync(chat);
        });

        // When the mailbox is full, she is told so for each chat. If she did not read that, she would be a slow client as well.
        var reading = ReadAllAsync(a);
        var slowest = TimeSpan.Zero;
        while (!flood.IsCompleted)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            await c.SendAsync($"chat {carol} x");
            await c.LineAsync();
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            await Task.Delay(5);
        }

        await flood;
        reading.IsCompleted.ShouldBeFalse("who sends is not closed");
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => !pair.HasSession(slow), "the session is released");
        string last = "";
        try
        {
            while (true)
                last = await s.LineAsync();
        }
        catch (EndOfStreamException)
        {
            last.ShouldContain("slow_consumer");
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The flood took longer than the grace in which a client may read its last lines: the connection was reset.
        }
    }

    internal static async Task Flood(PairFixture pair, string alice, string bob)
    {
        using var a = await ChatClient.LoginAsync(pair.A.Clients, alice);
        using var b = await ChatClient.LoginAsync(pair.B.Clients, bob);
        const int count = 20_000;
        var all = new StringBuilder();
        for (var i = 0; i < count; i++)
            all.Append($$"""{"cmd":"chat","send":"{{alice}}","recv":"{{bob}}","content":"{{i}}"}""").Append('\n');
        var sending = a.SendRawAsync(Encoding.UTF8.GetBytes(all.ToString()));
        for (var i = 0; i < count; i++)
            (await b.LineAsync()).ShouldBe($"{alice}给您发了消息:{i}");
        await sending;
        await a.SendAsync("ping");
        (await a.LineAsync()).ShouldBe("OK ping");
    }

    private async Task<TimeSpan> TimeToRelease(string how)
    {
        var bob = User("bob");
        using var b = await ChatClient.LoginAsync(pair.B.Clients, bob);
        pair.HasSession(bob).ShouldBeTrue();
        switch (how)
        {
            case "close":
                b.Dispose();
                break;
            case "quit":
                await b.SendAsync("quit");
                break;
            case "reset":
                b.Reset();
                break;
            default:
                b.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                break;
        }

        return await Eventually.TrueAsync(() => !pair.HasSession(bob), "the key is gone");
    }

    private static string User(string name) => $"{name}{Interlocked.Increment(ref s_users)}";
}
