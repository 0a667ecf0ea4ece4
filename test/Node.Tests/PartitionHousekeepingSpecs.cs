using System.Text;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>What the owner of a partition does beside deposits and readers: snapshots, deletion, age, silent nodes, a lost store, mailboxes of the former
/// form.</summary>
public class PartitionHousekeepingSpecs : PartitionKit
{
    [Fact]
    public async Task Should_save_a_snapshot_when_nothing_happens_delete_what_is_empty_and_recover_from_it()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a", "b"));
        Put(owner, Deposit(2, "carol", "c"));
        Send(owner, Pull(1, "carol", have: 1003, done: 1003));
        AwaitAssert(() => Depth(owner, "carol").Waiting.ShouldBe(0), Limit);
        Store.Tries.ShouldBe(0);
        Time.Advance(TimeSpan.FromSeconds(6));
        await Eventually.TrueAsync(() => Events.Deleted.Count == 4, "empty events are deleted");
        Store.Snapshot!.Metadata.SequenceNr.ShouldBe(5);
        Store.Events.Keys.ShouldBe([3L]);
        Kill(owner);

        owner = Start();
        Opened(owner).ShouldBe(2);
        Read(owner).ShouldBe(["1001a", "1002b"]);
        Put(owner, Deposit(3, "bob", "a"));
        Depth(owner).Waiting.ShouldBe(2);
    }

    [Fact]
    public async Task Should_delete_what_an_earlier_owner_left()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a"));
        Time.Advance(TimeSpan.FromSeconds(6));
        await Eventually.TrueAsync(() => Events.Deleted.Count == 2, "empty events are deleted");
        Kill(owner);
        Store.Events[1] = Store.Events[2] = [0];
        Open();
        await Eventually.TrueAsync(() => Events.Deleted.Count == 4, "they are deleted again");
        Store.Events.ContainsKey(3).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_try_a_snapshot_again_after_a_pause_and_delete_nothing_before()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a"));
        Store.Fails = true;
        Time.Advance(TimeSpan.FromSeconds(6));
        await Eventually.TrueAsync(() => Store.Tries == 1, "it tried");
        await Task.Delay(300);
        Store.Tries.ShouldBe(1);
        Events.Deleted.ShouldBeEmpty();
        Store.Fails = false;
        Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(() => Events.Deleted.Count == 2, "empty events are deleted");
    }

    [Fact]
    public void Should_take_out_what_is_too_old()
    {
        var owner = Open();
        Send(owner, Deposit(1, "bob", Entry("a", time: 1000), Entry("b", time: 3_000_000)));
        Expect<MailboxAnswer.Stored>();
        Time.Advance(TimeSpan.FromMinutes(59));
        Depth(owner).Waiting.ShouldBe(2);
        Time.Advance(TimeSpan.FromMinutes(2));
        AwaitAssert(() => Depth(owner).Waiting.ShouldBe(1), Limit);
        Read(owner).ShouldBe(["1002b"]);
    }

    [Fact]
    public void Should_forget_a_reader_of_a_node_that_is_silent_for_a_minute()
    {
        var owner = Open();
        Read(owner);
        Time.Advance(TimeSpan.FromSeconds(59));
        Send(owner);
        Depth(owner);
        Time.Advance(TimeSpan.FromSeconds(59));
        ExpectNoMsg(TimeSpan.FromMilliseconds(300));
        Depth(owner).Reader.ShouldNotBeNull();
        Time.Advance(TimeSpan.FromSeconds(2));
        AwaitAssert(() => Depth(owner).Reader.ShouldBeNull(), Limit);
        Put(owner, Deposit(1, "bob", "a"));
    }

    [Fact]
    public async Task Should_write_again_what_is_in_memory_when_the_store_came_back_empty()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a"));
        Put(owner, Deposit(2, "carol", "b"));
        Store.Lose();
        Epoch.Next();
        await Eventually.TrueAsync(() => Store.Snapshot is not null && Store.Highest > 4, "it is written again");
        Kill(owner);
        owner = Start();
        Opened(owner).ShouldBe(2);
        Read(owner).ShouldBe(["1001a"]);
        Read(owner, "carol", connection: 8).ShouldBe(["1002b"]);
    }

    [Fact]
    public async Task Should_go_on_without_what_is_lost_when_the_store_came_back_empty()
    {
        var owner = Open(MailboxData.Settings with { Cache = 0 });
        Put(owner, Deposit(1, "bob", "a"));
        Store.Lose();
        Epoch.Next();
        await Eventually.TrueAsync(() => Depth(owner).Waiting == 0, "the message is taken out");
        Put(owner, Deposit(2, "bob", "b"));
        Read(owner).ShouldBe(["1002b"]);
    }

    [Fact]
    public async Task Should_only_save_a_snapshot_when_the_store_has_everything_still()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a"));
        Epoch.Next();
        await Eventually.TrueAsync(() => Store.Snapshot is not null, "it is saved");
        Store.Highest.ShouldBe(3);
        Read(owner).ShouldBe(["1001a"]);
    }

    [Fact]
    public void Should_take_over_the_mailboxes_of_the_former_form_in_order_before_it_answers()
    {
        Events.Former.Enqueue(Former("bob", (5, "a"), (6, "b")));
        Events.Former.Enqueue(Former("empty"));
        Events.Former.Enqueue(Former("carol", (1, "c")));
        var owner = Open();
        Events.Former.ShouldBeEmpty();
        Read(owner).ShouldBe(["5a", "6b"]);
        Read(owner, "carol", connection: 8).ShouldBe(["1c"]);
        Put(owner, Deposit(1, "bob", "a", "d"));
        Depth(owner).Last.ShouldBe(1001);
        Kill(owner);

        // Another owner does not look for any.
        Events.Former.Enqueue(Former("bob", (9, "x")));
        Read(Open()).ShouldBe(["5a", "6b", "1001d"]);
    }

    [Fact]
    public void Should_take_each_of_them_once_when_it_crashed_in_the_middle()
    {
        Events.Former.Enqueue(Former("bob", (5, "a"), (6, "b?")));
        Events.Former.Enqueue(Former("carol", (1, "c")));
        Events.FailsToForget = true;
        var owner = Start();
        Watch(owner);
        Send(owner, term: 0, Pull(1));
        ExpectTerminated(owner, Limit);
        Events.Former.Count.ShouldBe(2);
        Store.Highest.ShouldBe(2);
        AwaitCondition(() => Events.EndedSearches == 1, Limit);

        Events.FailsToForget = false;
        owner = Open();
        Events.Former.ShouldBeEmpty();
        Read(owner).ShouldBe(["5a", "6b?"]);
        Read(owner, "carol", connection: 8).ShouldBe(["1c"]);
    }

    [Fact]
    public void Should_not_store_again_what_a_mailbox_of_the_former_form_remembered_unless_that_is_too_long_ago()
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        var age = (long)MailboxData.Settings.DedupeAge.TotalMilliseconds;
        var known = Former("bob", (5, "a?")) with { Ids = [FormerId("too old", now - age - 1), FormerId("old", now - age), FormerId("new", now)] };
        Events.Former.Enqueue(known);
        var owner = Open();
        Put(owner, Deposit(1, "bob", "too old", "old", "new"));
        var last = Depth(owner).Last;
        Read(owner).ShouldBe(["5a?", $"{last}too old"]);
        Kill(owner);

        // The next owner knows them from the log, and forgets them at their age.
        owner = Open();
        Put(owner, Deposit(2, "bob", "old", "new"));
        Depth(owner).Last.ShouldBe(last);
        Time.Advance(TimeSpan.FromMilliseconds(age));
        var number = 3;
        AwaitAssert(
            () =>
            {
                Put(owner, Deposit(number++, "bob", "old"));
                Depth(owner).Last.ShouldBeGreaterThan(last);
            },
            Limit);
    }

    [Fact]
    public void Should_take_over_the_ids_of_a_mailbox_without_messages_and_keep_them_in_its_snapshot()
    {
        Events.Former.Enqueue(Former("bob") with { Ids = [FormerId("a", 1000)] });
        var owner = Open();
        Put(owner, Deposit(1, "carol", "x"));
        Time.Advance(TimeSpan.FromSeconds(6));
        AwaitCondition(() => Store.Snapshot is not null, Limit);
        Kill(owner);
        owner = Open();
        Put(owner, Deposit(2, "bob", "a"));
        Depth(owner).Waiting.ShouldBe(0);
    }

    private static FormerId FormerId(string content, long time) => new(
        RememberedIds.FormerGroupOf(ChatFacts.HashOf("alice"u8)), RememberedIds.FormerKeyOf("alice"u8, "bob"u8, Encoding.UTF8.GetBytes($"id-{content}")), time);

    private static FormerMailbox Former(string user, params (long Number, string Content)[] messages) => new(
        $"mailbox-{user}", UserName.TryCreate(user)!, 9, [.. messages.Select(m => (m.Number, Entry(m.Content, user, time: 4_000_000_000_000)))], []);
}
