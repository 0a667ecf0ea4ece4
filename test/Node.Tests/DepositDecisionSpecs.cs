using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

public class DepositDecisionSpecs
{
    private readonly PartitionState _state = new(Settings);
    private long _event;

    [Fact]
    public void Should_store_in_order_and_number_on_from_the_last_message()
    {
        Stored(Deposit(1, "bob", "a", "b")).ShouldBeEmpty();
        Stored(Deposit(2, "carol", "c")).ShouldBeEmpty();
        Stored(Deposit(3, "bob", "d")).ShouldBeEmpty();
        Numbers(_state).ShouldBe([1, 2, 4]);
        Numbers(_state, "carol").ShouldBe([3]);
        (_state.Last, _state.Waiting).ShouldBe((4, 4));
    }

    [Fact]
    public void Should_refuse_what_is_above_the_count_and_say_which_chats_these_are()
    {
        Stored(Deposit(1, "bob", "a", "b", "c", "d", "e", "f", "g")).ShouldBe([Full(5), Full(6)]);
        Numbers(_state).Count.ShouldBe(5);
        Stored(Deposit(2, "bob", "h", "a")).ShouldBe([Full(0)]);
    }

    [Fact]
    public void Should_refuse_what_is_above_the_bytes_and_keep_a_smaller_one_after_it()
    {
        var size = Entry(new string('x', 100)).Length;
        var state = new PartitionState(Settings with { MaxBytes = (2 * size) - 1 });
        var answer = Put(state, Deposit(1, "bob", new string('x', 100), new string('y', 100), "z"), 1);
        answer.ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Full(1)]);
        Put(new PartitionState(Settings with { MaxBytes = 2 * size }), Deposit(1, "bob", new string('x', 100), new string('y', 100)), 1)
            .ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();

        // What was refused is no duplicate when it comes again.
        state.Find("bob")!.TryRemoveFirst(1, out _);
        Put(state, Deposit(2, "bob", new string('y', 100)), 2).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
    }

    [Fact]
    public void Should_count_what_other_deposits_of_the_same_turn_store()
    {
        var turn = new PartitionTurn(1000, 0);
        DepositDecision.Decide(_state, turn, NodeA, Deposit(1, "bob", "a", "b", "c"), true);
        DepositDecision.Decide(_state, turn, NodeB, Deposit(1, "bob", "d", "e", "f"), true)
            .ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Full(2)]);

        var size = Entry("a").Length;
        var small = new PartitionState(Settings with { MaxBytes = 2 * size });
        turn = new PartitionTurn(1000, 0);
        DepositDecision.Decide(small, turn, NodeA, Deposit(1, "bob", "a", "b"), true);
        DepositDecision.Decide(small, turn, NodeB, Deposit(1, "bob", "c"), true).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Full(0)]);
    }

    [Fact]
    public void Should_refuse_a_sender_above_its_share_and_take_others()
    {
        var state = new PartitionState(Settings with { SenderShare = 40 });
        Put(state, Deposit(1, "bob", "a", "b"), 1);
        Put(state, Deposit(2, "bob", "c"), 2).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Full(0)]);
        Put(state, Deposit(3, "bob", Entry("d", sender: "eve"), Entry("e", sender: "eve"), Entry("f", sender: "eve")), 3)
            .ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Full(2)]);
    }

    [Fact]
    public void Should_refuse_a_sender_above_its_share_of_the_bytes()
    {
        var size = Entry("a").Length;
        var state = new PartitionState(Settings with { MaxBytes = 400 * size, SenderShare = 1 });
        Put(state, Deposit(1, "bob", "a"), 1);
        Put(state, Deposit(2, "bob", Entry("b", sender: "eve"), Entry(new string('x', 4 * size), sender: "eve")), 2)
            .ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Full(1)]);
    }

    [Fact]
    public void Should_refuse_what_is_above_the_bound_of_the_partition()
    {
        var state = new PartitionState(Settings with { PartitionMaxMessages = 3 });
        Put(state, Deposit(1, "bob", "a", "b"), 1);
        Put(state, Deposit(2, "carol", "c", "d"), 2).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Unavailable(1)]);
        state.Waiting.ShouldBe(3);
    }

    [Fact]
    public void Should_store_nothing_in_a_full_store_and_still_know_what_it_has()
    {
        Put(_state, Deposit(1, "bob", "a"), ++_event);
        Put(_state, Deposit(2, "bob", "a", "b", "c?"), ++_event, hasSpace: false)
            .ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([Unavailable(1), Unavailable(2)]);
        Numbers(_state).ShouldBe([1]);
    }

    [Fact]
    public void Should_store_an_id_once_however_often_it_comes_and_chats_without_one_each_time()
    {
        Stored(Deposit(1, "bob", "a", "a", "x?", "x?")).ShouldBeEmpty();
        Numbers(_state).Count.ShouldBe(3);
        Stored(Deposit(2, "bob", "a", "x?")).ShouldBeEmpty();
        Numbers(_state).Count.ShouldBe(4);

        // The same id of another sender is another chat.
        Stored(Deposit(3, "bob", Entry("a", sender: "eve"))).ShouldBeEmpty();
        Numbers(_state).Count.ShouldBe(5);
    }

    [Fact]
    public void Should_store_an_id_once_that_comes_in_two_deposits_of_one_turn()
    {
        var turn = new PartitionTurn(1000, 0);
        DepositDecision.Decide(_state, turn, NodeA, Deposit(1, "bob", "a"), true);
        DepositDecision.Decide(_state, turn, NodeB, Deposit(1, "bob", "a"), true).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
        turn.StoresFor("bob").Count.ShouldBe(1);
    }

    [Fact]
    public void Should_send_chats_to_a_session_that_read_everything_only_if_there_is_something_new()
    {
        Put(_state, Deposit(1, "bob", "a"), ++_event);
        _state.Find("bob")!.TryRemoveFirst(1, out _);
        var reader = Drain();
        Put(_state, Deposit(2, "bob", "a"), ++_event).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
        Put(_state, Deposit(3, "bob", "a", "b"), ++_event).ShouldBe(new MailboxAnswer.Online(3, reader));
        Put(_state, Deposit(4, "bob", "x?"), ++_event).ShouldBe(new MailboxAnswer.Online(4, reader));
        Numbers(_state).ShouldBeEmpty();
    }

    [Fact]
    public void Should_store_for_a_session_that_reads_still_or_acknowledges()
    {
        _state.Get("bob").Reader = new MailboxReader(Pull(1).Reader, acks: false);
        Stored(Deposit(1, "bob", "a")).ShouldBeEmpty();
        Numbers(_state).ShouldBe([1]);
    }

    [Fact]
    public void Should_forget_a_reader_only_when_a_deposit_says_that_this_one_ended()
    {
        var reader = Drain();
        var other = Deposit(1, "bob", "a") with { EndedReader = reader with { Connection = 8 } };
        Put(_state, other, ++_event).ShouldBe(new MailboxAnswer.Online(1, reader));
        Put(_state, Deposit(2, "bob", "a") with { EndedReader = reader }, ++_event).ShouldBeOfType<MailboxAnswer.Stored>();
        _state.Find("bob")!.Reader.ShouldBeNull();
        Numbers(_state).ShouldBe([1]);
    }

    [Fact]
    public void Should_put_off_other_nodes_while_unread_chats_come_and_no_longer_than_the_limit()
    {
        Put(_state, Deposit(1, "bob", "a") with { More = true }, ++_event, NodeA, time: 1000);
        Put(_state, Deposit(1, "bob", "b"), ++_event, NodeB, time: 2999).ShouldBe(new MailboxAnswer.Later(1));

        // Further ones begin the time anew.
        Put(_state, Deposit(2, "bob", "c") with { More = true }, ++_event, NodeA, time: 2000);
        Put(_state, Deposit(2, "bob", "b"), ++_event, NodeB, time: 3999).ShouldBe(new MailboxAnswer.Later(2));
        Put(_state, Deposit(3, "bob", "b"), ++_event, NodeB, time: 4000).ShouldBeOfType<MailboxAnswer.Stored>();
        Numbers(_state).Count.ShouldBe(3);
    }

    [Fact]
    public void Should_take_other_nodes_again_after_the_last_unread_chats()
    {
        Put(_state, Deposit(1, "bob", "a") with { More = true }, ++_event, NodeA);
        Put(_state, Deposit(1, "bob", "b"), ++_event, NodeB).ShouldBe(new MailboxAnswer.Later(1));
        Put(_state, Deposit(2, "bob", "c"), ++_event, NodeA).ShouldBeOfType<MailboxAnswer.Stored>();
        Put(_state, Deposit(2, "bob", "b"), ++_event, NodeB).ShouldBeOfType<MailboxAnswer.Stored>();
        Put(_state, Deposit(3, "carol", "b"), ++_event, NodeB).ShouldBeOfType<MailboxAnswer.Stored>();
    }

    [Fact]
    public void Should_take_the_place_of_a_deposit_that_was_given_up()
    {
        Put(_state, new MailboxMessage.Store("bob", 1, 0, null, false, default), ++_event).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
        _state.Find("bob").ShouldBeNull();
    }

    private static LinkFailure Full(long position) => new(position, ErrorCode.MailboxFull);

    private static LinkFailure Unavailable(long position) => new(position, ErrorCode.MailboxUnavailable);

    private IReadOnlyList<LinkFailure> Stored(MailboxMessage.Store deposit) => Put(_state, deposit, ++_event).ShouldBeOfType<MailboxAnswer.Stored>().Failures;

    private ReaderId Drain()
    {
        var pull = Pull(1, acks: false);
        var reader = _state.Get("bob").Reader = new MailboxReader(pull.Reader, acks: false);
        reader.Ask(pull);
        reader.Answered(isDrained: true);
        return reader.Id;
    }
}
