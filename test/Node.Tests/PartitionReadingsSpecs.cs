using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Mailboxes;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>What readers get when messages are not in memory.</summary>
public class PartitionReadingsSpecs : PartitionOwnerKit
{
    [Fact]
    public void Should_read_from_the_log_what_is_not_in_memory_and_for_several_readers_together()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Turn();
        Receive(NodeA, 1000, Deposit(2, "carol", "b"));
        Turn();
        Flush();
        Cache.Remove(2);
        Cache.Remove(3);
        Receive(NodeA, 1000, Pull(1));
        Fetches.ShouldHaveSingleItem().Numbers.ShouldBe([2L]);
        Receive(NodeA, 1000, Pull(1, "carol", connection: 8));
        Receive(NodeA, 1000, Pull(1, "dave", connection: 9));
        Fetches.Count.ShouldBe(1);
        Fetched(2);
        var chunks = Flush().Cast<MailboxAnswer.Chunk>().ToList();
        chunks.Select(c => (c.Connection, string.Join(' ', Texts(c)))).ShouldBe([(9, ""), (7, "1001a")]);
        Fetches.Count.ShouldBe(2);
        Fetched(3);
        Texts(Flush().Cast<MailboxAnswer.Chunk>().ShouldHaveSingleItem()).ShouldBe(["1002b"]);
        Cache.Find(2).ShouldNotBeNull();
    }

    [Fact]
    public void Should_ask_again_when_the_log_could_not_be_read()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Turn();
        Flush();
        Cache.Remove(2);
        Receive(NodeA, 1000, Pull(1));
        Readings.OnFailed(Fetches[0].Users);
        Readings.Start();
        Fetches.Count.ShouldBe(2);
        Fetched(2);
        Flush().Count.ShouldBe(1);
    }

    [Fact]
    public void Should_hand_out_what_is_there_when_an_event_is_lost()
    {
        Open();
        foreach (var (number, content) in new[] { (1, "a"), (2, "b"), (3, "c") })
        {
            Receive(NodeA, 1000, Deposit(number, "bob", content));
            Turn();
        }

        Flush();
        Cache.Remove(3);
        Receive(NodeA, 1000, Pull(1));
        Texts(Flush().Cast<MailboxAnswer.Chunk>().ShouldHaveSingleItem()).ShouldBe(["1001a"]);
        Receive(NodeA, 1000, Pull(2, have: 1001));
        Fetched();
        Flush().ShouldBeEmpty();

        // It is not asked for again, however often the reader requests.
        Receive(NodeA, 1000, Pull(3, have: 1001));
        Receive(NodeA, 1000, Pull(4, have: 1001));
        Fetches.Count.ShouldBe(1);
        Owner.ForceTurn();
        Turn();
        Texts(Flush().Cast<MailboxAnswer.Chunk>().ShouldHaveSingleItem()).ShouldBe(["1003c"]);
        State.Emptied.ShouldContain(3);
    }

    [Fact]
    public void Should_not_ask_the_log_for_an_event_that_is_being_written()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Turn();
        Flush();
        Begin(t => PartitionRewrite.Add(State, t, 2, Events[1])).ShouldBeTrue();
        Cache.Remove(2);
        Cache.Remove(3);
        Receive(NodeA, 1000, Pull(1));
        Fetches.ShouldBeEmpty();
        Written();
        Fetches.ShouldHaveSingleItem().Numbers.ShouldBe([3L]);
        Fetched(3);
        Texts(Flush().Cast<MailboxAnswer.Chunk>().ShouldHaveSingleItem()).ShouldBe(["1001a"]);
    }
}
