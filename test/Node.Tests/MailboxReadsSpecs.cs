using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Mailboxes;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

public class MailboxReadsSpecs
{
    private readonly PartitionState _state = new(Settings);
    private readonly MailboxReads _reads;

    public MailboxReadsSpecs()
    {
        _reads = new MailboxReads(_state);
        Put(_state, Deposit(1, "bob", "a", "b", "c"), 1);
    }

    [Fact]
    public void Should_give_what_waits_after_what_the_reader_has_and_is_written()
    {
        _reads.Next("bob", kept: 3).ShouldBeNull();
        _reads.Take(Pull(1)).ShouldBeTrue();
        Next(kept: 3).ShouldBe([1, 2, 3]);
        Next(kept: 2).ShouldBe([1, 2]);
        _reads.Take(Pull(2, have: 1));
        Next(kept: 3).ShouldBe([2, 3]);
        _reads.Next("carol", kept: 3).ShouldBeNull();
    }

    [Fact]
    public void Should_give_no_more_than_the_budget_but_always_one()
    {
        var one = Entry("a").Length + NumberedEntryReader.MaxOverhead;
        _reads.Take(Pull(1, budget: 1));
        Next(3).ShouldBe([1]);
        _reads.Take(Pull(2, budget: (2 * one) - 1));
        Next(3).ShouldBe([1]);
        _reads.Take(Pull(3, budget: 2 * one));
        Next(3).ShouldBe([1, 2]);
    }

    [Fact]
    public void Should_answer_without_messages_only_the_first_request_of_a_session_that_acknowledges()
    {
        _reads.Take(Pull(1, have: 3));
        Next(3).ShouldBe([]);
        _reads.Take(Pull(2, have: 3));
        _reads.Next("bob", 3).ShouldBeNull();
    }

    [Fact]
    public void Should_say_drained_only_when_nothing_waits_that_is_not_written_yet()
    {
        _reads.Take(Pull(2, acks: false, have: 2, done: 2));
        _reads.Next("bob", kept: 2).ShouldBeNull();
        _reads.Take(Pull(3, acks: false, have: 3, done: 3));
        Next(kept: 3).ShouldBe([]);
    }

    [Fact]
    public void Should_let_the_session_read_that_began_later()
    {
        _reads.Take(Pull(1, connection: 7, since: 5));
        _reads.Take(Pull(9, connection: 6, since: 4, done: 3)).ShouldBeFalse();
        Reader().ShouldBe(7);
        _reads.HasReports.ShouldBeFalse();
        _reads.Take(Pull(1, connection: 8, since: 6)).ShouldBeTrue();
        Reader().ShouldBe(8);
        _reads.Take(Pull(2, connection: 7, since: 5)).ShouldBeFalse();
        Next(3).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Should_take_no_late_request_of_a_session_that_left()
    {
        _reads.Take(Pull(1, since: 5));
        _reads.Take(Leave(since: 5, done: 0)).ShouldBeTrue();
        Reader().ShouldBeNull();
        _reads.Take(Pull(2, since: 5)).ShouldBeFalse();
        Reader().ShouldBeNull();
        _reads.Take(Pull(1, connection: 8, since: 6)).ShouldBeTrue();
        Reader().ShouldBe(8);
    }

    [Fact]
    public void Should_let_an_earlier_session_read_when_the_later_one_has_left_or_is_not_there()
    {
        _reads.Take(Pull(4, connection: 8, since: 6));
        _reads.Take(Pull(1, connection: 7, since: 5)).ShouldBeFalse();
        Mailbox().IsContested.ShouldBeTrue();
        Mailbox().SilentReader!.Connection.ShouldBe(8);
        _reads.Miss("bob", 8, NodeB.Address);
        _reads.Miss("bob", 9, NodeA.Address);
        Reader().ShouldBe(8);
        _reads.Miss("bob", 8, NodeA.Address);
        Reader().ShouldBeNull();
        _reads.Take(Pull(2, connection: 7, since: 5)).ShouldBeTrue();
        Next(3).ShouldBe([1, 2, 3]);
        Mailbox().IsContested.ShouldBeFalse();

        _reads.Take(Pull(1, connection: 8, since: 7)).ShouldBeTrue();
        _reads.Take(Leave(since: 7, done: 0, connection: 8));
        _reads.Take(Pull(3, connection: 7, since: 5)).ShouldBeTrue();
        Next(3).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Should_remember_a_session_that_was_reported_as_ended_until_its_node_says_that_it_is_not_there()
    {
        var state = new PartitionState(Settings);
        state.Get("carol").EndedReader = new ReaderId(NodeA, 7);
        state.Forget("carol");
        state.Find("carol").ShouldNotBeNull();
        new MailboxReads(state).Miss("carol", 7, NodeA.Address);
        state.Find("carol").ShouldBeNull();
    }

    [Fact]
    public void Should_count_requests_anew_when_a_later_session_of_the_same_connection_reads()
    {
        _reads.Take(Pull(4, since: 5));
        Mailbox().Reader!.Answered(isDrained: true);
        _reads.Take(Pull(1, since: 6)).ShouldBeTrue();
        Mailbox().Reader!.Request!.Number.ShouldBe(1);
        _reads.Take(Leave(since: 5, done: 0));
        Reader().ShouldBe(7);
    }

    [Fact]
    public void Should_keep_a_reader_when_another_session_leaves_and_note_what_that_processed()
    {
        _reads.Take(Pull(1, connection: 8, since: 6));
        _reads.Take(Leave(since: 5, done: 2)).ShouldBeFalse();
        Reader().ShouldBe(8);
        Next(3).ShouldBe([3]);
    }

    [Fact]
    public void Should_note_no_more_as_processed_than_waits_and_never_less_than_before()
    {
        _reads.Take(Pull(1, done: 2));
        _reads.WaitingOf("bob").ShouldBe(1);
        _reads.Take(Pull(2, done: 1));
        _reads.WaitingOf("bob").ShouldBe(1);
        _reads.Take(Pull(3, done: 1000));
        Written(done: 3);
        Put(_state, Deposit(2, "bob", "d"), 3);
        _reads.Take(Pull(4, done: 3));
        _reads.HasReports.ShouldBeFalse();
        Next(9).ShouldBe([4]);
    }

    [Fact]
    public void Should_answer_a_session_that_left_only_when_what_it_processed_is_written()
    {
        _reads.Take(Pull(1));
        _reads.Take(Leave(since: 1, done: 2)).ShouldBeFalse();
        _reads.HasReports.ShouldBeTrue();
        Written(done: 2);
        _reads.Take(Leave(since: 1, done: 2)).ShouldBeTrue();
        Numbers(_state).ShouldBe([3]);
    }

    [Fact]
    public void Should_take_what_is_too_old_out_and_what_is_lost()
    {
        _reads.Expire("bob", 1);
        _reads.Expire("carol", 1);
        _reads.Lose(1);
        _reads.IsLost(1).ShouldBeTrue();
        _reads.HasReports.ShouldBeTrue();
        var turn = new PartitionTurn(1000, _state.Last);
        _reads.MoveReports(turn);
        _reads.IsLost(1).ShouldBeFalse();
        _reads.HasReports.ShouldBeFalse();
        _state.Apply(2, turn.Encode());
        Numbers(_state).ShouldBeEmpty();
        _state.Emptied.ShouldBe([1L, 2L], ignoreOrder: true);
    }

    [Fact]
    public void Should_answer_the_last_request_again_when_its_answer_may_be_lost_and_no_earlier_one()
    {
        var reader = new MailboxReader(Pull(1).Reader, acks: false);
        reader.Ask(Pull(2));
        reader.Ask(Pull(1));
        reader.Request!.Number.ShouldBe(2);
        reader.Answered(isDrained: true);
        reader.Request.ShouldBeNull();
        reader.Ask(Pull(1));
        reader.Request.ShouldBeNull();
        reader.IsDrained.ShouldBeTrue();
        reader.Ask(Pull(2));
        reader.Request!.Number.ShouldBe(2);
        reader.Answered(isDrained: true);
        reader.Ask(Pull(3));
        reader.IsDrained.ShouldBeFalse();
        reader.Request!.Number.ShouldBe(3);
    }

    private static MailboxMessage.Leave Leave(long since, long done, long connection = 7) => new("bob", new ReaderId(NodeA, connection), since, done);

    private List<long> Next(long kept) => [.. _reads.Next("bob", kept).ShouldNotBeNull().Select(m => m.Number)];

    private UserMailbox Mailbox() => _state.Find("bob")!;

    private long? Reader() => Mailbox().Reader?.Id.Connection;

    private void Written(long done)
    {
        var turn = new PartitionTurn(1000, _state.Last);
        _reads.MoveReports(turn);
        _state.Apply(2, turn.Encode());
        Numbers(_state).ShouldAllBe(n => n > done);
    }
}
