using Akka.Actor;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>What a node tells the owners of partitions, and what its routes and readers hear of their answers.</summary>
public class MailboxClientActorSpecs : MailboxClientKit
{
    [Fact]
    public void Should_send_together_what_waited_and_no_batch_that_is_too_large()
    {
        for (var i = 0; i < 20; i++)
            Deposit($"{i}");
        Owners.ReceiveWhile(TimeSpan.FromMilliseconds(300), m => m as PartitionBatch).SelectMany(b => b!.Messages).ShouldBeEmpty();
        Answer(5, 40);
        var batch = Batch(b => b.Messages.Count > 0);
        (batch.Term, batch.Settled).ShouldBe((5, 40));
        Stores(batch).Select(m => m.Number).ShouldBe(Enumerable.Range(41, 20).Select(n => (long)n));

        Answer(6, 60, [.. Enumerable.Range(41, 20).Select(n => (MailboxAnswer)new MailboxAnswer.Stored(n, []))]);
        for (var i = 0; i < 3; i++)
            Deposit(new string('x', 40_000));
        var sent = new List<long>();
        while (sent.Count < 3)
        {
            var some = Stores(Batch(b => b.Messages.Count > 0));
            some.Sum(m => m.Entries.Length).ShouldBeLessThan(100_000);
            sent.AddRange(some.Select(m => m.Number));
        }

        sent.ShouldBe([61, 62, 63]);
    }

    [Fact]
    public void Should_answer_the_next_session_of_a_connection_although_the_reader_of_the_former_one_is_still_there()
    {
        var (former, next) = (CreateTestProbe(), CreateTestProbe());
        Answer(5, 0);
        Client.Tell(Pull(1, connection: 7), former);
        Client.Tell(Pull(1, connection: 7, since: 2), next);
        Answer(5, null, new MailboxAnswer.Left(7, 0));
        next.ExpectMsg<MailboxAnswer.Left>(Limit);
        Sys.Stop(former);
        Sync();
        Answer(5, null, new MailboxAnswer.Left(7, 1));
        next.ExpectMsg<MailboxAnswer.Left>(Limit).Done.ShouldBe(1);
    }

    [Fact]
    public async Task Should_tell_the_route_which_chats_were_refused_by_the_numbers_of_its_stream()
    {
        Answer(5, 0);
        var deposit = Deposit("a");
        Sent().ShouldBe([1L]);
        Answer(5, null, new MailboxAnswer.Stored(1, [new LinkFailure(2, ErrorCode.MailboxFull)]));
        await Eventually.TrueAsync(() => Bob.Told.Count == 1, "it is told");
        Bob.Told.ShouldBe([$"stored {deposit.Stream}: {deposit.First + 2}=MailboxFull"]);

        // A copy of the answer changes nothing.
        Answer(5, null, new MailboxAnswer.Stored(1, []));
        Idle();
        Bob.Told.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Should_tell_the_route_of_the_session_that_chats_can_go_to_directly()
    {
        Answer(5, 0);
        Deposit("a");
        Sent().ShouldBe([1L]);
        Answer(5, null, new MailboxAnswer.Online(1, new ReaderId(NodeB, 8)));
        await Eventually.TrueAsync(() => Bob.Told.Count == 1, "it is told");
        Bob.Told.ShouldBe(["online 8"]);
    }

    [Fact]
    public void Should_send_a_deposit_again_a_little_later_as_a_new_one_when_others_come_first()
    {
        Answer(5, 0);
        Deposit("a");
        Sent().ShouldBe([1L]);
        Answer(5, null, new MailboxAnswer.Later(1));
        Owners.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        var idle = CreateTestProbe();
        Client.Tell(new MailboxClientActor.AwaitIdle(), idle);
        Time.Advance(Timings.Later);
        var batch = Batch();
        batch.Settled.ShouldBe(1);
        Stores(batch).Select(m => m.Number).ShouldBe([2]);
        idle.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Answer(5, null, new MailboxAnswer.Stored(2, []));
        idle.ExpectMsg<Akka.Done>(Limit);
        Bob.Told.ShouldBe(["stored 1: "]);
    }

    [Fact]
    public void Should_send_again_what_was_not_answered_and_say_what_is_settled()
    {
        Answer(5, 0);
        Deposit("a");
        Deposit("b");
        Sent(2).ShouldBe([1L, 2L]);
        Answer(5, null, new MailboxAnswer.Stored(1, []));
        Sync();
        Owners.ExpectNoMsg(4 * Timings.Check);
        Time.Advance(Timings.Resend);
        var batch = Batch(b => b.Messages.Count > 0);
        Stores(batch).Select(m => m.Number).ShouldBe([2]);
        batch.Settled.ShouldBe(1);
    }

    [Fact]
    public async Task Should_give_up_at_the_time_out_and_fill_the_place_of_the_deposit()
    {
        Answer(5, 0);
        Deposit("a");
        Sent().ShouldBe([1L]);
        Time.Advance(TimeSpan.FromSeconds(9));
        Stores(Batch(b => b.Messages.Count > 0)).ShouldHaveSingleItem().Count.ShouldBe(1);
        Bob.Told.ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => Bob.Told.Count == 1, "it is given up");
        Bob.Told.ShouldBe(["timed out 1"]);
        Time.Advance(TimeSpan.FromSeconds(9));
        Stores(Batch(b => b.Messages.OfType<MailboxMessage.Store>().Any(s => s.Count == 0))).ShouldHaveSingleItem().Number.ShouldBe(1);
        Answer(5, null, new MailboxAnswer.Stored(1, []));
        Idle();
        Bob.Told.Count.ShouldBe(1);
    }

    [Fact]
    public void Should_bring_each_answer_to_the_reader_of_its_connection()
    {
        Answer(5, 0);
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Client.Tell(Pull(1, connection: 7), first);
        Client.Tell(Pull(1, "carol", connection: 8), second);
        var chunk = new MailboxAnswer.Chunk(8, 1, 0, false, default);
        Answer(5, null, chunk, new MailboxAnswer.Left(7, 3), new MailboxAnswer.Left(9, 3));
        second.ExpectMsg<MailboxAnswer.Chunk>(Limit).ShouldBe(chunk);
        first.ExpectMsg<MailboxAnswer.Left>(Limit).Done.ShouldBe(3);
        second.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        var leave = new MailboxMessage.Leave("bob", new ReaderId(NodeA, 7), 1, 3);
        Client.Tell(leave, first);
        Batch(b => b.Messages.Contains(leave));
    }

    [Fact]
    public void Should_forget_a_reader_that_stopped()
    {
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Client.Tell(Pull(1, connection: 7), first);
        Batch(b => b.Messages.Count > 0);
        Watch(first.Ref);
        Sys.Stop(first.Ref);
        ExpectTerminated(first.Ref, Limit);
        AwaitAssert(
            () =>
            {
                Client.Tell(Pull(1, connection: 7), second);
                Client.Tell(new PartitionAnswer(0, 5, null, [new MailboxAnswer.Left(7, 3)]));
                second.ExpectMsg<MailboxAnswer.Left>(TimeSpan.FromMilliseconds(100));
            },
            Limit);
    }

    [Fact]
    public void Should_be_idle_only_when_no_deposit_is_under_way()
    {
        Answer(5, 0);
        Deposit("a");
        Sent(1);
        var idle = CreateTestProbe();
        Client.Tell(new MailboxClientActor.AwaitIdle(), idle);
        idle.ExpectNoMsg(TimeSpan.FromMilliseconds(150));
        Answer(5, null, new MailboxAnswer.Stored(1, []));
        idle.ExpectMsg<Akka.Done>(Limit);
        idle.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Should_pass_questions_on_and_ignore_partitions_that_do_not_exist()
    {
        var asker = CreateTestProbe();
        Client.Tell(new MailboxQuestion("bob"), asker);
        Owners.FishForMessage<MailboxQuestion>(_ => true, Limit);
        Owners.Reply(new MailboxDepth(1, 2, 3, null));
        asker.ExpectMsg<MailboxDepth>(Limit);
        Client.Tell(new PartitionAnswer(1, 5, 0, []));
        Client.Tell(new PartitionAnswer(-1, 5, 0, []));
        Idle();
    }
}
