using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

public class OriginDepositsSpecs
{
    private static readonly MailboxAnswer.Stored s_refused = new(2, [new LinkFailure(0, ErrorCode.MailboxFull)]);

    [Fact]
    public void Should_take_each_deposit_once_and_in_order()
    {
        var deposits = new OriginDeposits();
        deposits.IsNext(1).ShouldBeTrue();
        deposits.Take(1, new MailboxAnswer.Stored(1, []));
        deposits.IsNext(1).ShouldBeFalse();
        deposits.IsNext(2).ShouldBeTrue();
        deposits.IsNext(3).ShouldBeFalse();
    }

    [Fact]
    public void Should_give_an_answer_only_when_everything_is_written()
    {
        var deposits = new OriginDeposits();
        deposits.Take(1, new MailboxAnswer.Later(1));
        deposits.AnswerTo(1).ShouldBeNull();
        deposits.Answers.ShouldBeEmpty();
        deposits.Keep();
        deposits.AnswerTo(1).ShouldNotBeNull();
        deposits.Take(2, s_refused);
        deposits.Answers.Count().ShouldBe(1);
        deposits.AnswerTo(2).ShouldBeNull();
        deposits.Kept.ShouldBe(1);
        deposits.Taken.ShouldBe(2);
    }

    [Fact]
    public void Should_give_a_copy_the_same_answer_until_the_node_has_it()
    {
        var deposits = new OriginDeposits();
        deposits.Take(1, new MailboxAnswer.Stored(1, []));
        deposits.Take(2, s_refused);
        deposits.Keep();
        deposits.AnswerTo(2).ShouldBe(s_refused);
        deposits.Settle(1);
        deposits.AnswerTo(2).ShouldBe(s_refused);
        deposits.Answers.ShouldBe([s_refused]);
        deposits.Settle(2);
        deposits.Answers.ShouldBeEmpty();
        deposits.Refused.ShouldBeEmpty();
    }

    [Fact]
    public void Should_know_after_a_new_owner_which_chats_were_refused()
    {
        var deposits = new OriginDeposits();
        deposits.Restore(3, [(2, s_refused.Failures)], 1000);
        (deposits.Taken, deposits.Kept, deposits.LastUsed).ShouldBe((3, 3, 1000));
        deposits.AnswerTo(2).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe(s_refused.Failures);
        deposits.AnswerTo(3).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
        deposits.AnswerTo(4).ShouldBeNull();
    }

    [Fact]
    public void Should_change_nothing_when_its_own_turn_is_applied()
    {
        var deposits = new OriginDeposits();
        deposits.Take(1, new MailboxAnswer.Stored(1, []));
        deposits.Take(2, s_refused);
        deposits.Restore(2, [], 2000);
        deposits.LastUsed.ShouldBe(2000);
        deposits.Kept.ShouldBe(0);
        deposits.Keep();
        deposits.AnswerTo(2).ShouldBe(s_refused);
    }

    /// <summary>A deposit that was not taken into the mailbox must never look as if it had been.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_know_after_a_new_owner_which_deposits_were_not_stored_at_all(bool isOnline)
    {
        var deposits = new OriginDeposits();
        deposits.Take(1, isOnline ? new MailboxAnswer.Online(1, new ReaderId(MailboxData.NodeA, 7)) : new MailboxAnswer.Later(1));
        deposits.Take(2, new MailboxAnswer.Stored(2, []));
        var next = new OriginDeposits();
        next.Restore(2, deposits.Refused, 1000);
        next.AnswerTo(1).ShouldBe(new MailboxAnswer.Later(1));
        next.Answers.ShouldBe([new MailboxAnswer.Later(1)]);
        next.AnswerTo(2).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
    }
}
