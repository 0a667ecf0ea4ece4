using System.Text.Json;
using ChatAkka.TestSupport;
using static ChatAkka.Cluster.Tests.MailboxLines;

namespace ChatAkka.Cluster.Tests;

/// <summary>Messages for who is not there, and for who acknowledges, over real sockets on two nodes.</summary>
[Collection(SharedPair.Name)]
public class MailboxSpecs(PairFixture pair)
{
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
}
