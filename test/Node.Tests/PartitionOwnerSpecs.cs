using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>What the owner of a partition takes, writes and answers.</summary>
public class PartitionOwnerSpecs : PartitionOwnerKit
{
    [Fact]
    public void Should_take_the_next_deposit_of_a_node_that_was_forgotten()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Turn();
        for (var i = 0; i < Settings.MaxOrigins; i++)
            Receive(new NodeId("other", 1, i), 1000, Deposit(1, "carol", [Entry($"{i}?", "carol")]));
        Turn();
        State.Origins.Keys.ShouldNotContain(NodeA);
        Owner.Receive(new PartitionBatch(3, NodeA, 1000, Settled: 1, [Deposit(2, "bob", "b")]));
        Turn();
        Flush().OfType<MailboxAnswer.Stored>().Select(a => a.Number).ShouldContain(2);
    }

    [Fact]
    public void Should_take_and_answer_nothing_before_it_is_open()
    {
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Begin().ShouldBeFalse();
        Flush().ShouldBeEmpty();
        Open();
        Sent.Select(s => (s.Node, s.Answer.Partition, s.Answer.Term, s.Answer.Taken)).ShouldBe([(NodeA, 3, 1000, 0), (NodeB, 3, 1000, 0)]);
        Begin().ShouldBeFalse();
    }

    [Fact]
    public void Should_answer_a_deposit_only_when_its_event_is_written()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Begin().ShouldBeTrue();
        Flush().ShouldBeEmpty();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"), Deposit(2, "bob", "b"));
        Begin().ShouldBeFalse();
        Flush().ShouldBeEmpty();
        Written();
        Flush().ShouldHaveSingleItem().ShouldBeOfType<MailboxAnswer.Stored>().Number.ShouldBe(1);
        Begin().ShouldBeTrue();
        Flush().ShouldHaveSingleItem().ShouldBeOfType<MailboxAnswer.Stored>().Number.ShouldBe(1);
        Written();
        Flush().ShouldHaveSingleItem().ShouldBeOfType<MailboxAnswer.Stored>().Number.ShouldBe(2);
    }

    [Fact]
    public void Should_take_no_deposit_that_is_numbered_for_another_owner_and_say_who_it_is()
    {
        Open();
        Sent.Clear();
        Receive(NodeA, 999, Deposit(1, "bob", "a"));
        Begin().ShouldBeFalse();
        var (node, answer) = Sent.ShouldHaveSingleItem();
        (node, answer.Term, answer.Taken).ShouldBe((NodeA, 1000, 0));
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Sent.Count.ShouldBe(1);
        Begin().ShouldBeTrue();
    }

    [Fact]
    public void Should_take_nothing_after_a_gap()
    {
        Open();
        Receive(NodeA, 1000, Deposit(2, "bob", "b"));
        Begin().ShouldBeFalse();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"), Deposit(3, "bob", "c"), Deposit(2, "bob", "b"));
        Turn();
        Numbers(State).Count.ShouldBe(2);
        Flush().Select(a => ((MailboxAnswer.Stored)a).Number).ShouldBe([1, 2]);
    }

    [Fact]
    public void Should_answer_at_once_what_needs_no_event_but_not_before_what_it_depends_on()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"));
        Turn();
        Flush();
        Receive(NodeA, 1000, Deposit(2, "bob", "a"));
        Begin().ShouldBeFalse();
        Flush().ShouldHaveSingleItem().ShouldBeOfType<MailboxAnswer.Stored>().Number.ShouldBe(2);
    }

    /// <summary>Two deposits of one turn: the first goes to the session, the second is stored. The next owner must not take the first one for stored.</summary>
    [Fact]
    public void Should_not_take_for_stored_after_a_new_owner_what_went_to_the_session()
    {
        Open();
        Receive(NodeA, 1000, Pull(1, acks: false));
        Flush().ShouldHaveSingleItem().ShouldBeOfType<MailboxAnswer.Chunk>().IsDrained.ShouldBeTrue();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"), Deposit(2, "carol", "b"));
        Turn();
        var answers = Flush();
        answers[0].ShouldBe(new MailboxAnswer.Online(1, new ReaderId(NodeA, 7)));
        answers[1].ShouldBeOfType<MailboxAnswer.Stored>().Number.ShouldBe(2);
        var next = Next();
        Numbers(next, "bob").ShouldBeEmpty();
        next.Origins[NodeA].Taken.ShouldBe(2);
        next.Origins[NodeA].Answers.ShouldBe([new MailboxAnswer.Later(1)]);
        var saved = PartitionSnapshot.FromBytes(PartitionSnapshot.ToBytes(State), Settings);
        saved.Origins[NodeA].Answers.ShouldBe([new MailboxAnswer.Later(1)]);

        // When the node has the answer, it needs no place any more.
        Owner.Receive(new PartitionBatch(3, NodeA, 1000, 2, [Deposit(3, "carol", "c")]));
        Turn();
        Next().Origins[NodeA].Answers.ShouldBeEmpty();
    }

    [Fact]
    public void Should_hand_out_only_what_is_written()
    {
        Open();
        Receive(NodeA, 1000, Pull(1), Pull(2));
        Flush();
        Receive(NodeA, 1000, Pull(2), Deposit(1, "bob", "a"));
        Begin();
        Flush().ShouldBeEmpty();
        Written();
        Texts(Flush().OfType<MailboxAnswer.Chunk>().ShouldHaveSingleItem()).ShouldBe(["1001a"]);
    }

    [Fact]
    public void Should_write_what_readers_processed_with_the_next_event_or_when_it_is_forced()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a", "b"));
        Turn();
        Receive(NodeA, 1000, Pull(1, have: 1001, done: 1001));
        Begin().ShouldBeFalse();
        Owner.Reads.HasReports.ShouldBeTrue();
        Owner.ForceTurn();
        Turn();
        Numbers(Next()).ShouldBe([1002]);
        Receive(NodeA, 1000, Pull(2, have: 1002, done: 1002), Deposit(2, "carol", "c"));
        Turn();
        Numbers(Next()).ShouldBeEmpty();
    }

    [Fact]
    public void Should_answer_a_session_that_left_when_what_it_processed_is_written()
    {
        Open();
        Receive(NodeA, 1000, Deposit(1, "bob", "a"), Pull(1));
        Turn();
        Flush();
        Receive(NodeA, 1000, new MailboxMessage.Leave("bob", new ReaderId(NodeA, 7), 1, 1001));
        Flush().ShouldBeEmpty();
        Begin().ShouldBeTrue();
        Receive(NodeA, 1000, new MailboxMessage.Leave("bob", new ReaderId(NodeA, 7), 1, 1001));
        Flush().ShouldBeEmpty();
        Written();
        Flush().ShouldBe([new MailboxAnswer.Left(7, 1001)]);

        // The copy waits for the next turn, which has nothing to write.
        Begin().ShouldBeFalse();
        Flush().ShouldBe([new MailboxAnswer.Left(7, 1001)]);
        Receive(NodeA, 1000, new MailboxMessage.Leave("bob", new ReaderId(NodeA, 7), 1, 1001));
        Flush().ShouldBe([new MailboxAnswer.Left(7, 1001)]);
    }

    [Fact]
    public void Should_name_once_the_reader_that_a_stored_deposit_reported_as_ended()
    {
        Open();
        Receive(NodeA, 1000, Pull(1, acks: false), Deposit(1, "bob", "a") with { EndedReader = new ReaderId(NodeA, 7) });
        Begin();
        Owner.TakeEnded().ShouldBe([("bob", new ReaderId(NodeA, 7))]);
        Owner.TakeEnded().ShouldBeEmpty();
    }

    [Fact]
    public void Should_take_no_more_into_one_event_than_its_bytes()
    {
        Open();
        var big = new string('x', 9000);
        for (var i = 1; i <= 8; i++)
            Receive(NodeA, 1000, Deposit(i, $"user-{i}", $"{big}{i}?"));
        Turn();
        State.Waiting.ShouldBe(6);
        Turn();
        State.Waiting.ShouldBe(8);
    }

    [Fact]
    public void Should_send_answers_in_messages_that_are_not_too_large_and_forget_nodes_that_are_silent()
    {
        List<PartitionAnswer> sent = [];
        var clients = new PartitionClients(3, (_, answer) => sent.Add(answer));
        clients.Heard(NodeA, TimeSpan.FromSeconds(1));
        clients.Heard(NodeB, TimeSpan.FromSeconds(5));
        for (var i = 0; i < 3; i++)
            clients.Answer(NodeA, new MailboxAnswer.Chunk(i, 1, 0, false, new byte[40_000]));
        clients.Flush(9);
        sent.Select(a => (a.Term, a.Taken, a.Answers.Count)).ShouldBe([(9, null, 2), (9, null, 1)]);
        clients.Flush(9);
        sent.Count.ShouldBe(2);
        clients.IsHeard(NodeA, TimeSpan.FromSeconds(1)).ShouldBeTrue();
        clients.IsHeard(NodeA, TimeSpan.FromSeconds(2)).ShouldBeFalse();
        clients.Forget(TimeSpan.FromSeconds(2));
        clients.All.ShouldBe([NodeB]);
        clients.Answer(NodeA, new MailboxAnswer.Later(1));
        clients.AnswerLater(NodeA, new MailboxAnswer.Later(1));
        clients.Release();
        clients.Flush(9);
        sent.Count.ShouldBe(2);
    }
}
