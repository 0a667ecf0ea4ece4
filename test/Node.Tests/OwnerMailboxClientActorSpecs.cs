using ChatAkka.Node.Connections;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>How a node finds the owners of partitions, and goes on when they change.</summary>
public class OwnerMailboxClientActorSpecs : MailboxClientKit
{
    [Fact]
    public void Should_ask_for_an_owner_that_it_does_not_know_as_often_as_it_sends_again()
    {
        Owners.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        for (var i = 0; i < 2; i++)
        {
            Time.Advance(Timings.Resend);
            Batch().Messages.ShouldBeEmpty();
            Owners.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        }

        Answer(5, 0);
        Time.Advance(Timings.Resend);
        Owners.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        Time.Advance(Timings.Hello);
        Batch().Term.ShouldBe(5);
    }

    [Fact]
    public void Should_ask_for_the_next_owner_until_it_answers_when_an_owner_ended()
    {
        var owner = CreateTestProbe();
        Client.Tell(new PartitionAnswer(0, 5, 0, []), owner);
        Sync();
        Sys.Stop(owner);
        Batch().Messages.ShouldBeEmpty("it is asked for at once");
        Batch().Messages.ShouldBeEmpty("and with the next check");
        for (var i = 0; i < 2; i++)
        {
            Owners.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
            Time.Advance(Timings.Resend);
            Batch().Term.ShouldBe(5);
        }

        ExpectNoQuestionAfterAnswerOfTerm6();
    }

    [Fact]
    public void Should_ask_a_new_owner_what_it_has_taken_when_it_answered_a_reader_first()
    {
        Answer(5, 0);
        Answer(6, null, new MailboxAnswer.Left(7, 0));
        Time.Advance(Timings.Resend);
        Batch().Term.ShouldBe(5);
        ExpectNoQuestionAfterAnswerOfTerm6();
    }

    [Fact]
    public void Should_send_to_the_owner_directly_when_it_has_answered_and_by_way_of_sharding_when_it_ended()
    {
        var owner = CreateTestProbe();
        Client.Tell(new PartitionAnswer(0, 5, 0, []), owner);
        Deposit("a");
        Stores(owner.FishForMessage<PartitionBatch>(b => b.Messages.Count > 0, Limit)).ShouldHaveSingleItem().Number.ShouldBe(1);
        Time.Advance(Timings.Hello);
        Batch().Messages.ShouldBeEmpty("what asks for a new owner never goes to the former one");
        Sys.Stop(owner);
        Sent().ShouldBe([1L]);

        // A late answer of the former owner does not make it the owner again.
        Client.Tell(new PartitionAnswer(0, 5, null, [new MailboxAnswer.Stored(1, [])]), owner);
        Deposit("late");
        Sent().ShouldBe([2L]);

        // The next one answers while the deposit is under way by the other path: nothing may overtake it.
        var next = CreateTestProbe();
        Client.Tell(new PartitionAnswer(0, 5, null, []), next);
        Deposit("b");
        Sent().ShouldBe([3L]);
        Client.Tell(new PartitionAnswer(0, 5, null, [new MailboxAnswer.AllStored(2, 2)]), next);
        Deposit("c");
        Stores(next.FishForMessage<PartitionBatch>(b => b.Messages.Count > 0, Limit)).ShouldHaveSingleItem().Number.ShouldBe(4);
    }

    [Fact]
    public async Task Should_give_up_though_no_owner_is_known()
    {
        Deposit("a");
        Sync();
        Time.Advance(TimeSpan.FromSeconds(11));
        await Eventually.TrueAsync(() => Bob.Told.Count == 1, "it is given up");
        Idle();
    }

    [Fact]
    public async Task Should_number_again_for_a_new_owner_and_tell_readers_to_request_again()
    {
        Answer(5, 0);
        var reader = CreateTestProbe();
        Client.Tell(Pull(1, connection: 7), reader);
        Batch(b => b.Messages.Count > 0).Messages.ShouldBe([Pull(1, connection: 7)]);
        Deposit("a");
        Deposit("b");
        Sent(2).ShouldBe([1L, 2L]);

        Answer(6, 1);
        reader.ExpectMsg<MailboxesMoved>(Limit);

        // Readers request first. Deposits follow a little later.
        Time.Advance(Timings.Later);
        var batch = Batch(b => b.Messages.Count > 0);
        (batch.Term, batch.Settled).ShouldBe((6, 1));
        Stores(batch).ShouldHaveSingleItem().Number.ShouldBe(2);
        await Eventually.TrueAsync(() => Bob.Told.Count == 1, "the first one is stored");

        // The same owner again, and the one before it, change nothing.
        Answer(6, 2);
        Answer(5, 2, new MailboxAnswer.Stored(2, []));
        reader.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        Bob.Told.Count.ShouldBe(1);
    }

    [Fact]
    public void Should_take_no_answer_to_a_deposit_of_an_owner_whose_beginning_it_does_not_know()
    {
        Answer(5, 0);
        var reader = CreateTestProbe();
        Client.Tell(Pull(1, connection: 7), reader);
        Deposit("a");
        Sent(1);
        var chunk = new MailboxAnswer.Chunk(7, 1, 0, false, default);
        Answer(6, null, new MailboxAnswer.Stored(1, []), chunk);
        reader.ExpectMsg<MailboxAnswer.Chunk>(Limit).ShouldBe(chunk);
        Bob.Told.ShouldBeEmpty();
    }

    private void ExpectNoQuestionAfterAnswerOfTerm6()
    {
        Answer(6, 0);
        Sync();
        Time.Advance(Timings.Resend);
        Owners.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
    }
}
