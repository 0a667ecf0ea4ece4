using System.Text;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class MailboxStateSpecs
{
    private static readonly NodeId s_a = new("a", 1, 1);
    private static readonly MailboxSettings s_settings = new(
        true, 5, 10_000, TimeSpan.FromHours(1), 3, 10, TimeSpan.FromHours(2), 100, TimeSpan.FromMinutes(2), 64, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

    [Fact]
    public void Should_number_messages_and_never_use_a_number_again()
    {
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, ("x", "1", 0), ("y", "", 0))).Failures.ShouldBeEmpty();
        Texts(state, 0).ShouldBe(["1x", "2y"]);
        state.Apply(new MailboxEvent.Finished(2));
        Texts(state, 0).ShouldBeEmpty();
        Put(state, Batch(1, 3, ("z", "3", 0)));
        Texts(state, 0).ShouldBe(["3z"]);
    }

    [Fact]
    public void Should_keep_a_chat_once_that_is_sent_again_with_its_id()
    {
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, ("x", "1", 0)));
        Put(state, Batch(2, 1, ("x", "1", 0), ("w", "2", 0), ("w", "2", 0))).Failures.ShouldBeEmpty();
        Texts(state, 0).ShouldBe(["1x", "2w"]);
        state.Apply(new MailboxEvent.Finished(2));
        Put(state, Batch(3, 1, ("x", "1", 0))).Failures.ShouldBeEmpty();
        Texts(state, 0).ShouldBeEmpty();
    }

    [Fact]
    public void Should_keep_nothing_more_where_the_store_has_no_room_and_know_what_it_has()
    {
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, ("x", "1", 0)));
        var (answer, kept) = state.Decide(Batch(2, 1, ("x", "1", 0), ("y", "2", 0), ("z", "", 0)), 0, storeHasSpace: false);
        kept.ShouldBeNull();
        answer.Failures.Select(f => (f.Number, f.Code)).ShouldBe([(2L, ErrorCode.MailboxUnavailable), (3L, ErrorCode.MailboxUnavailable)]);
        Texts(state, 0).ShouldBe(["1x"]);
    }

    [Fact]
    public void Should_forget_ids_beyond_their_number_and_age()
    {
        var state = new MailboxState(s_settings);
        for (var i = 1; i <= 4; i++)
        {
            Put(state, Batch(1, i, ("x", $"{i}", 0)));
            state.Apply(new MailboxEvent.Finished(i));
        }

        state.Decide(Batch(2, 1, ("x", "4", 0)), 0).Event.ShouldBeNull();
        state.Decide(Batch(2, 1, ("x", "1", 0)), 0).Event.ShouldNotBeNull();
        state.Decide(Batch(2, 1, ("x", "4", 0)), (long)s_settings.DedupeAge.TotalMilliseconds + 1).Event.ShouldNotBeNull();
    }

    [Fact]
    public void Should_forget_the_oldest_ids_of_all_senders_beyond_their_total()
    {
        var ids = new SenderIds(s_settings with { DedupeIds = 4, DedupeTotal = 6 });
        for (var i = 0; i < 3; i++)
        {
            ids.Add("a", Id(i), i);
            ids.Add("b", Id(i), i);
        }

        ids.Count.ShouldBe(6);
        ids.Add("c", Id(0), 9);
        ids.Count.ShouldBe(6);
        ids.Knows("a", Id(0), 9).ShouldBeFalse();
        ids.Knows("b", Id(0), 9).ShouldBeTrue();
        for (var i = 0; i < 1000; i++)
        {
            ids.Add($"{i}", Id(1), 10);
            ids.Count.ShouldBe(6);
        }

        ids.Senders.ShouldBe(6);
        ids.Knows("a", Id(2), 10).ShouldBeFalse();
        ids.Knows("999", Id(1), 10).ShouldBeTrue();
    }

    [Fact]
    public void Should_not_save_ids_that_are_too_old()
    {
        var state = new MailboxState(s_settings);
        state.Apply(new MailboxEvent.Stored(s_a, 1, 1, 0, [], [Entry("x", "1")]));
        var age = (long)s_settings.DedupeAge.TotalMilliseconds;
        state.Apply(new MailboxEvent.Stored(s_a, 1, 2, age, [], [Entry("x", "2")]));
        state.Ids.Count.ShouldBe(2);
        state.Apply(new MailboxEvent.Stored(s_a, 1, 3, age + 1, [], [Entry("x", "")]));
        state.Ids.Count.ShouldBe(1);
        MailboxSnapshot.FromBytes(MailboxSnapshot.ToBytes(state), s_settings).Ids.Count.ShouldBe(1);
        state.Apply(new MailboxEvent.Stored(s_a, 1, 4, (2 * age) + 1, [], []));
        (state.Ids.Count, state.Ids.Senders).ShouldBe((0, 0));
    }

    [Fact]
    public void Should_read_what_an_older_version_saved()
    {
        var old = new MailboxState(s_settings);
        Put(old, Batch(1, 1, ("x", "1", 5), ("y", "", 6)));
        old.Apply(new MailboxEvent.Finished(1));

        // Version 1 had the id itself where now its hash is.
        var now = Convert.ToHexString(MailboxSnapshot.ToBytes(old));
        var hash = $"{IdHash.Of("1"u8).High:X16}{IdHash.Of("1"u8).Low:X16}";
        var reversed = Convert.ToHexString([.. Convert.FromHexString(hash[..16]).Reverse(), .. Convert.FromHexString(hash[16..]).Reverse()]);
        now.ShouldContain(reversed);
        var before = "01" + now[2..].Replace(reversed, "0131", StringComparison.Ordinal);
        var state = MailboxSnapshot.FromBytes(Convert.FromHexString(before), s_settings);

        MailboxSnapshot.ToBytes(state).ShouldBe(MailboxSnapshot.ToBytes(old));
        state.Decide(Batch(2, 1, ("x", "1", 0)), 0).Event.ShouldBeNull();
        Should.Throw<FormatException>(() => MailboxSnapshot.FromBytes(Convert.FromHexString("03" + now[2..]), s_settings));
        Should.Throw<FormatException>(() => MailboxSnapshot.FromBytes(Convert.FromHexString("00" + now[2..]), s_settings));
    }

    [Fact]
    public void Should_take_a_batch_once_however_often_it_comes()
    {
        var state = new MailboxState(s_settings);
        var batch = Batch(1, 1, ("a", "", 0), ("b", "", 0), ("c", "", 0), ("d", "", 0), ("e", "", 0), ("f", "", 0));
        var first = Put(state, batch);
        first.Failures.ShouldBe([new LinkFailure(6, ErrorCode.MailboxFull)]);
        state.Apply(new MailboxEvent.Finished(3));
        var (again, happened) = state.Decide(batch, 0);
        happened.ShouldBeNull();
        again.Failures.ShouldBe(first.Failures);
        Texts(state, 0).ShouldBe(["4d", "5e"]);
    }

    [Fact]
    public void Should_take_of_a_batch_what_is_new_when_it_begins_with_what_was_taken()
    {
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, ("a", "", 0), ("b", "", 0)));
        Put(state, Batch(1, 2, ("b", "", 0), ("c", "", 0)));
        Texts(state, 0).ShouldBe(["1a", "2b", "3c"]);
    }

    [Fact]
    public void Should_be_bounded_by_count_and_bytes()
    {
        var state = new MailboxState(s_settings with { MaxBytes = 200 });
        Put(state, Batch(1, 1, (new string('x', 100), "1", 0), (new string('y', 100), "2", 0), ("z", "3", 0)))
            .Failures.Select(f => (f.Number, f.Code)).ShouldBe([(2, ErrorCode.MailboxFull)]);

        // What was refused is no duplicate when it comes again.
        state.Apply(new MailboxEvent.Finished(2));
        Put(state, Batch(1, 4, (new string('y', 100), "2", 0))).Failures.ShouldBeEmpty();
    }

    [Fact]
    public void Should_number_behind_what_a_reader_has_when_the_store_lost_the_mailbox()
    {
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, ("a", "", 0), ("b", "", 0)));
        state.Life.ShouldBe(1);
        state.Apply(Again(new MailboxEvent.Lifted(500, 1000)));
        Texts(state, 0).ShouldBe(["501a", "502b"]);
        Put(state, Batch(1, 3, ("c", "", 0)));
        Texts(state, 502).ShouldBe(["503c"]);
        state.Life.ShouldBe(1);
    }

    [Fact]
    public void Should_say_what_is_too_old()
    {
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, ("a", "", 1000), ("b", "", 2000), ("c", "", 9000)));
        var hour = (long)s_settings.MaxAge.TotalMilliseconds;
        state.Expired(hour).ShouldBe(0);
        state.Expired(hour + 2001).ShouldBe(2);
    }

    [Fact]
    public void Should_read_in_chunks_that_fit()
    {
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, (new string('x', 100), "", 0), (new string('y', 100), "", 0), ("z", "", 0)));
        var (first, count, _) = state.Read(0, 3, 200);
        (first, count).ShouldBe((1, 1));
        (first, count, _) = state.Read(1, 3, 400);
        (first, count).ShouldBe((2, 2));
        (first, count, _) = state.Read(0, 2, 10_000);
        (first, count).ShouldBe((1, 2));
        state.Read(0, 3, 1).Count.ShouldBe(1);
    }

    /// <summary>Whatever comes, in whatever order and however often: the events alone, and a snapshot with the events behind it, give the
    /// same mailbox, and it keeps its bounds.</summary>
    [Fact]
    public void Should_be_the_same_when_events_are_replayed() => Gen.Int[0, 9].Array[0, 60].Sample(steps =>
    {
        var state = new MailboxState(s_settings);
        List<MailboxEvent> events = [];
        byte[]? snapshot = null;
        var behind = 0;
        var next = new long[4];
        for (var i = 0; i < steps.Length; i++)
        {
            MailboxEvent? happened;
            if (steps[i] == 0 && state.Waiting > 1 && i % 2 == 0)
            {
                // Handed to nobody after all.
                var (first, _, entries) = state.Read(0, state.Done + 2, int.MaxValue);
                List<byte[]> handed = [];
                var reader = new LinkEntryReader(entries);
                while (reader.TryRead(out var entry))
                    handed.Add(entry.ToArray());
                var before = MailboxSnapshot.ToBytes(state);
                state.Apply(new MailboxEvent.Finished(state.Done + 2));
                state.Apply(Again(new MailboxEvent.Returned(first, handed)));
                MailboxSnapshot.ToBytes(state).ShouldBe(before);
                continue;
            }

            if (steps[i] == 0)
                happened = new MailboxEvent.Finished(Math.Min(state.Last, state.Done + 2));
            else if (steps[i] == 1)
            {
                (snapshot, behind) = (MailboxSnapshot.ToBytes(state), events.Count);
                continue;
            }
            else
            {
                var stream = steps[i] % 4;
                var id = i % 3 == 0 ? $"{steps[i]}" : "";
                var batch = Batch(stream, ++next[stream], ($"m{i}", id, i));
                happened = state.Decide(batch, i).Event;
                if (happened is not null)
                    state.Decide(batch, i).Event!.ShouldSatisfyAllConditions(e => (e.Kept.Count + e.Failures.Count).ShouldBe(1));
            }

            if (happened is null)
                continue;
            state.Apply(happened);
            events.Add(Again(happened));
            state.Waiting.ShouldBeLessThanOrEqualTo(s_settings.MaxMessages);
            state.Waiting.ShouldBe((int)(state.Last - state.Done));
        }

        var replayed = new MailboxState(s_settings);
        events.ForEach(replayed.Apply);
        MailboxSnapshot.ToBytes(replayed).ShouldBe(MailboxSnapshot.ToBytes(state));
        if (snapshot is null)
            return;
        var restored = MailboxSnapshot.FromBytes(snapshot, s_settings);
        events.Skip(behind).ToList().ForEach(restored.Apply);
        MailboxSnapshot.ToBytes(restored).ShouldBe(MailboxSnapshot.ToBytes(state));
    });

    [Fact]
    public void Should_keep_the_bytes_of_events_and_snapshots()
    {
        var serializer = new MailboxEventSerializer(null!);
        var stored = new MailboxEvent.Stored(s_a, 3, 9, 1000, [new LinkFailure(8, ErrorCode.MailboxFull)], [[1, 2], [3]]);
        serializer.Manifest(stored).ShouldBe("st1");
        Assert.Equal("016101010309E803000000000000010116020201020103", Convert.ToHexString(serializer.ToBinary(stored)));
        serializer.Manifest(new MailboxEvent.Finished(300)).ShouldBe("fi1");
        serializer.Manifest(new MailboxEvent.Lifted(300, 1000)).ShouldBe("li1");
        Assert.Equal("AC02E803000000000000", Convert.ToHexString(serializer.ToBinary(new MailboxEvent.Lifted(300, 1000))));
        var returned = new MailboxEvent.Returned(300, [[1, 2], [3]]);
        serializer.Manifest(returned).ShouldBe("re1");
        Assert.Equal("AC02020201020103", Convert.ToHexString(serializer.ToBinary(returned)));
        Assert.Equal("AC02", Convert.ToHexString(serializer.ToBinary(new MailboxEvent.Finished(300))));
        var state = new MailboxState(s_settings);
        Put(state, Batch(1, 1, ("x", "1", 5), ("y", "", 6)));
        state.Apply(new MailboxEvent.Finished(1));
        Assert.Equal(
            "020101011901000000060000000000000005616C69636503626F62000179",
            Convert.ToHexString(MailboxSnapshot.ToBytes(state))[..60]);
        Assert.Equal("0105616C696365014D3356D884E73CDF58F1988F0", Convert.ToHexString(MailboxSnapshot.ToBytes(state))[60..101]);
    }

    private static MailboxEvent Again(MailboxEvent happened)
    {
        var serializer = new MailboxEventSerializer(null!);
        return (MailboxEvent)serializer.FromBinary(serializer.ToBinary(happened), serializer.Manifest(happened));
    }

    private static MailboxAnswer.Stored Put(MailboxState state, MailboxMessage.Store batch)
    {
        var (answer, happened) = state.Decide(batch, 0);
        if (happened is not null)
            state.Apply(happened);
        return answer;
    }

    private static IdHash Id(int i) => IdHash.Of([(byte)i, (byte)(i >> 8)]);

    private static byte[] Entry(string content, string id)
    {
        var chat = TestChats.Chat("alice", "bob", content, 0, id);
        var entry = new byte[LinkEntry.SizeOf(chat)];
        LinkEntry.Write(entry, chat);
        return entry;
    }

    private static MailboxMessage.Store Batch(long stream, long first, params (string Content, string Id, long Time)[] chats)
    {
        var entries = chats.Select(c =>
        {
            var chat = new ChatView
            {
                Origin = 0,
                Time = c.Time,
                IsTyped = false,
                Attempt = 0,
                Sender = "alice"u8,
                Recipient = "bob"u8,
                Id = Encoding.UTF8.GetBytes(c.Id),
                Content = Encoding.UTF8.GetBytes(c.Content),
            };
            var entry = new byte[LinkEntry.SizeOf(chat)];
            LinkEntry.Write(entry, chat);
            return entry;
        }).ToList();
        return new MailboxMessage.Store("bob", s_a, stream, first, chats.Length, null, false, EntryList.Join(entries, entries.Sum(e => EntryList.SizeOf(e.Length))));
    }

    private static List<string> Texts(MailboxState state, long after)
    {
        var (first, _, bytes) = state.Read(after, state.Last, int.MaxValue);
        List<string> texts = [];
        var reader = new LinkEntryReader(bytes);
        while (reader.TryRead(out var entry))
            texts.Add($"{first++}{Encoding.UTF8.GetString(LinkEntry.ReadChat(entry).Content)}");
        return texts;
    }
}
