using Akka.Actor;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>When the owner of a partition gives receipts, when it stops, and what the next one knows.</summary>
public class PartitionActorSpecs : PartitionKit
{
    [Fact]
    public void Should_open_the_log_before_it_answers_anything()
    {
        Store.Close();
        var owner = Start();
        Send(owner, term: 0, Pull(1));
        ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Store.Open();
        Opened(owner).ShouldBe(0);
        Term.ShouldBe(1000);
        Store.Events[1].ShouldBe(new PartitionTurn(1000, 1000) { IsOpening = true }.Encode());
        Store.Events[2].ShouldBe(new PartitionTurn(1000, 1000) { FinishesImport = true }.Encode());
    }

    [Fact]
    public async Task Should_give_no_receipt_before_the_event_is_written()
    {
        var owner = Open();
        Store.Close();
        Send(owner, Deposit(1, "bob", "a"));
        await Eventually.TrueAsync(() => Store.Held > 0, "it writes");
        ExpectNoReceipt();
        Store.Highest.ShouldBe(2);
        Store.Open();
        Expect<MailboxAnswer.Stored>().Number.ShouldBe(1);
        Store.Highest.ShouldBe(3);
    }

    [Fact]
    public void Should_write_what_came_for_all_users_meanwhile_as_one_event()
    {
        var owner = Open();
        Store.Close();
        Send(owner, Deposit(1, "bob", "a"));
        for (var i = 2; i < 50; i++)
            Send(owner, Deposit(i, $"user-{i}", $"{i}"));
        Depth(owner);
        Store.Open();
        Expect<MailboxAnswer.Stored>(a => a.Number == 49);
        Store.Highest.ShouldBe(4);
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("is rejected")]
    [InlineData("comes after another owner")]
    public void Should_give_no_receipt_and_stop_when_a_write(string how)
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a"));
        var watcher = CreateTestProbe();
        watcher.Watch(owner);
        Store.FailsWrites = how == "fails";
        Store.Rejects = how == "is rejected";
        if (how == "comes after another owner")
            Store.Write(new PartitionTurn(5000, 5000) { IsOpening = true }.Encode());
        Send(owner, Deposit(2, "bob", "b"));
        watcher.ExpectTerminated(owner, Limit);
        ExpectNoReceipt();
        Superseded.ToArray().ShouldBe(how == "comes after another owner" ? [3] : [], "only then the partition may be on another node");

        Store.FailsWrites = Store.Rejects = false;
        var next = Start();
        Opened(next).ShouldBe(1);
        Read(next).ShouldBe(["1001a"]);
    }

    [Fact]
    public void Should_stop_and_answer_nothing_when_the_log_cannot_be_opened()
    {
        Store.FailsWrites = true;
        var owner = Start();
        Watch(owner);
        Send(owner, term: 0);
        ExpectTerminated(owner, Limit);
    }

    [Fact]
    public void Should_tell_operators_once_when_the_store_goes_away_and_once_when_it_is_back()
    {
        Sys.EventStream.SetLogLevel(Akka.Event.LogLevel.InfoLevel);
        Store.FailsWrites = true;
        EventFilter.Warning(contains: "The store of the mailboxes does not answer: partition 3 could not be written.").ExpectOne(() =>
        {
            StartInVain();
            StartInVain();
        });
        Store.FailsWrites = false;
        EventFilter.Info(contains: "The store of the mailboxes answers again").ExpectOne(() => Put(Open(), Deposit(1, "bob", "a")));

        void StartInVain()
        {
            var owner = Start();
            Watch(owner);
            ExpectTerminated(owner, Limit);
        }
    }

    [Fact]
    public void Should_have_a_higher_term_than_every_owner_before_it()
    {
        Kill(Open());
        var first = Term;
        Kill(Open());
        Term.ShouldBeGreaterThan(first);
        Time.Advance(TimeSpan.FromHours(1));
        Open();
        Term.ShouldBe(Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Should_know_after_a_crash_what_was_stored_processed_and_refused()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a", "b", "c", "d", "e"));
        Send(owner, Deposit(2, "bob", "f"));
        Expect<MailboxAnswer.Stored>(a => a.Number == 2).Failures.Count.ShouldBe(1);
        Send(owner, new MailboxMessage.Leave("bob", new ReaderId(NodeA, 7), 1, 1002));
        Expect<MailboxAnswer.Left>().Done.ShouldBe(1002);
        Kill(owner);

        var next = Start();
        Send(next, Term);
        var answer = FishForMessage<PartitionAnswer>(a => a.Taken is not null, Limit);
        answer.Taken.ShouldBe(2);
        answer.Answers.ShouldHaveSingleItem().ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldHaveSingleItem().Code.ShouldBe(ErrorCode.MailboxFull);
        Opened(next);
        Read(next).ShouldBe(["1003c", "1004d", "1005e"]);
        Put(next, Deposit(3, "bob", "a", "g"));
        Depth(next).Waiting.ShouldBe(4);
    }

    [Fact]
    public void Should_stop_nobody_when_an_event_is_damaged()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a"));
        Put(owner, Deposit(2, "carol", "b"));
        Put(owner, Deposit(3, "bob", "c"));
        Kill(owner);
        Store.Events[4] = Store.Events[4][..20];
        EventFilter.Error(contains: "is damaged").ExpectOne(() => owner = Open());
        Read(owner).ShouldBe(["1001a", "1003c"]);
        Read(owner, "carol", connection: 8).ShouldBeEmpty();
        Put(owner, Deposit(4, "carol", "d"));
    }

    [Fact]
    public void Should_wait_for_the_write_before_it_stops_and_take_nothing_more()
    {
        var owner = Open();
        Store.Close();
        Send(owner, Deposit(1, "bob", "a"));
        Watch(owner);
        owner.Tell(new PartitionActor.Stop());
        Send(owner, Deposit(2, "bob", "b"));
        ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Store.Open();
        Expect<MailboxAnswer.Stored>().Number.ShouldBe(1);
        ExpectTerminated(owner, Limit);
        Opened(Start()).ShouldBe(1);
    }

    [Fact]
    public void Should_stop_at_once_when_it_rests()
    {
        var owner = Open();
        Watch(owner);
        owner.Tell(new PartitionActor.Stop());
        ExpectTerminated(owner, Limit);
    }

    [Fact]
    public void Should_ask_a_session_that_a_deposit_reported_as_ended_whether_it_exists()
    {
        var owner = Open();
        var reader = new ReaderId(Self, 7);
        Send(owner, Pull(1, acks: false) with { Reader = reader });
        Depth(owner).Reader.ShouldBe(reader);
        Put(owner, Deposit(1, "bob", "a") with { EndedReader = reader });
        Depth(owner).Reader.ShouldBeNull();
        Gateway.ExpectMsg<MailboxNudge>(Limit).ShouldBe(new MailboxNudge("bob", 7));
    }

    [Fact]
    public void Should_let_an_earlier_session_read_when_the_node_does_not_have_the_later_one()
    {
        var owner = Open();
        var (earlier, later) = (new ReaderId(Self, 7), new ReaderId(Self, 8));
        owner.Tell(new PartitionBatch(0, Self, Term, 0, []), CreateTestProbe());
        Send(owner, Pull(1, acks: false, since: 6) with { Reader = later });
        Send(owner, Pull(1, acks: false, since: 5) with { Reader = earlier });
        Depth(owner).Reader.ShouldBe(later);
        Gateway.ExpectMsg<MailboxNudge>(Limit).ShouldBe(new MailboxNudge("bob", 8));
        Gateway.Reply(new MailboxNudge("bob", 8));
        AwaitAssert(
            () =>
            {
                Send(owner, Pull(2, acks: false, since: 5) with { Reader = earlier });
                Depth(owner).Reader.ShouldBe(earlier);
            },
            Limit);
    }

    [Fact]
    public void Should_refuse_deposits_while_the_store_is_full_and_still_let_messages_be_processed()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a"));
        Space.HasSpace = false;
        Send(owner, Deposit(2, "bob", "b"));
        Expect<MailboxAnswer.Stored>(a => a.Number == 2).Failures.ShouldHaveSingleItem().Code.ShouldBe(ErrorCode.MailboxUnavailable);
        Send(owner, Pull(1, have: 1001, done: 1001));
        AwaitAssert(() => Depth(owner).Waiting.ShouldBe(0), Limit);
        Space.HasSpace = true;
        Put(owner, Deposit(3, "bob", "b"));
    }

    [Fact]
    public void Should_write_what_a_reader_processed_though_nothing_is_stored()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a", "b"));
        Send(owner, Pull(1, have: 1001, done: 1001));
        AwaitAssert(() => Store.Highest.ShouldBe(4), Limit);
        Kill(owner);
        Read(Open()).ShouldBe(["1002b"]);
    }

    [Fact]
    public async Task Should_read_from_the_log_what_is_not_in_memory_and_try_again_when_that_fails()
    {
        var owner = Open();
        Put(owner, Deposit(1, "bob", "a", "b"));
        Kill(owner);
        Events.FailsReads = true;
        owner = Open(MailboxData.Settings with { Cache = 0 });
        Send(owner, Pull(1));
        await Eventually.TrueAsync(() => Events.Reads > 2, "it tries again");
        Events.FailsReads = false;
        Texts(Expect<MailboxAnswer.Chunk>()).ShouldBe(["1001a", "1002b"]);
    }

    [Fact]
    public void Should_hand_out_the_rest_when_the_store_has_lost_an_event()
    {
        var owner = Open(MailboxData.Settings with { Cache = 0 });
        Put(owner, Deposit(1, "bob", "a"));
        Put(owner, Deposit(2, "bob", "b"));
        Store.Events.TryRemove(3, out _);
        Send(owner, Pull(1));
        Texts(Expect<MailboxAnswer.Chunk>()).ShouldBe(["1002b"]);
    }
}
