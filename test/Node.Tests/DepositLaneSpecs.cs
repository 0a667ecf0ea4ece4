using ChatAkka.Node.Connections;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

public class DepositLaneSpecs
{
    private static readonly TimeSpan s_resend = TimeSpan.FromMilliseconds(500);
    private readonly DepositLane _lane = new(s_resend);
    private readonly Route _route = new();

    [Fact]
    public void Should_send_nothing_before_it_knows_the_owner()
    {
        Add("a");
        _lane.HasUnsent.ShouldBeFalse();
        _lane.IsEmpty.ShouldBeFalse();
        _lane.Begin(1, 0, []).ShouldBeEmpty();
        _lane.HasUnsent.ShouldBeTrue();
        Take().ShouldBe([1L]);
        _lane.HasUnsent.ShouldBeFalse();
    }

    [Fact]
    public void Should_number_on_from_what_the_owner_has_taken()
    {
        _lane.Begin(1, 41, []);
        _lane.Settled.ShouldBe(41);
        Add("a", "b");
        Take().ShouldBe([42L, 43L]);
        _lane.Settled.ShouldBe(41);
    }

    [Fact]
    public void Should_say_what_is_settled_only_up_to_the_first_that_is_not_answered()
    {
        _lane.Begin(1, 0, []);
        var deposits = Add("a", "b", "c");
        Take();
        _lane.Answer(2).ShouldBeSameAs(deposits[1]);
        _lane.Settled.ShouldBe(0);
        _lane.Answer(2).ShouldBeNull();
        _lane.Answer(1).ShouldBeSameAs(deposits[0]);
        _lane.Settled.ShouldBe(2);
        _lane.Answer(9).ShouldBeNull();
        _lane.IsEmpty.ShouldBeFalse();
        _lane.Answer(3).ShouldBeSameAs(deposits[2]);
        (_lane.Settled, _lane.IsEmpty).ShouldBe((3, true));
    }

    [Fact]
    public void Should_have_a_bound_on_what_is_under_way()
    {
        _lane.Begin(1, 0, []);
        for (var i = 0; i < 300; i++)
            Add($"{i}");
        Take().Count.ShouldBe(256);
        _lane.HasUnsent.ShouldBeFalse();
        _lane.Answer(1);
        _lane.HasUnsent.ShouldBeTrue();
        Take().ShouldBe([257L]);
        _lane.Answer(3);
        _lane.HasUnsent.ShouldBeFalse();
    }

    [Fact]
    public void Should_take_no_more_than_the_bytes_but_always_one()
    {
        _lane.Begin(1, 0, []);
        Add("a", "b", "c");
        _lane.Take(1, TimeSpan.Zero).ShouldHaveSingleItem().Number.ShouldBe(1);
        _lane.HasUnsent.ShouldBeTrue();
        _lane.Take(1000, TimeSpan.Zero).Select(m => m.Number).ShouldBe([2, 3]);
        _lane.Take(0, TimeSpan.Zero).ShouldBeEmpty();
    }

    [Fact]
    public void Should_send_the_chats_as_they_are()
    {
        _lane.Begin(1, 0, []);
        var ended = new ReaderId(MailboxData.NodeA, 9);
        var chats = new[] { Chat("a"), Chat("b") };
        _lane.Add(new Deposit(_route, 5, 10, chats, ended, More: true), TimeSpan.Zero);
        var message = _lane.Take(1000, TimeSpan.Zero).ShouldHaveSingleItem();
        (message.User, message.Number, message.Count, message.EndedReader, message.More).ShouldBe(("bob", 1, 2, ended, true));
        message.Entries.ToArray().ShouldBe(MailboxData.List(chats[0].Entry, chats[1].Entry));
    }

    [Fact]
    public void Should_send_everything_again_when_no_answer_came_and_wait_twice_as_long_each_time()
    {
        _lane.Begin(1, 0, []);
        Add("a", "b", "c");
        Take();
        _lane.Answer(2);
        var now = TimeSpan.Zero;
        foreach (var pause in new[] { 1, 2, 4, 8, 8 })
        {
            _lane.ResendIfDue(now + (pause * s_resend) - TimeSpan.FromTicks(1));
            _lane.HasUnsent.ShouldBeFalse();
            now += pause * s_resend;
            _lane.ResendIfDue(now);
            Take(now).ShouldBe([1L, 2L, 3L]);
        }

        // An answer says that the owner is there.
        _lane.Answer(1);
        _lane.ResendIfDue(now);
        _lane.ResendIfDue(now + s_resend);
        Take(now).ShouldBe([3L]);
    }

    [Fact]
    public void Should_send_everything_again_when_the_first_is_not_answered_also_if_others_are_sent_meanwhile()
    {
        _lane.Begin(1, 0, []);
        Add("a");
        Take();
        var now = TimeSpan.Zero;
        while (now < s_resend - TimeSpan.FromMilliseconds(1))
        {
            now += s_resend / 10;
            Add("b");
            Take(now);
            _lane.Answer(2);
            if (now < s_resend)
                _lane.ResendIfDue(now).ShouldBeFalse();
        }

        _lane.ResendIfDue(now).ShouldBeTrue();
        Take(now)[..2].ShouldBe([1L, 2L]);
    }

    [Fact]
    public void Should_go_on_sending_after_the_first_ones_are_answered_while_it_sends_again()
    {
        _lane.Begin(1, 0, []);
        Add("a", "b", "c");
        Take();
        _lane.ResendIfDue(s_resend);
        _lane.Answer(1);
        _lane.Answer(2);
        Take().ShouldBe([3L]);
        _lane.Answer(3);
        _lane.ResendIfDue(TimeSpan.FromHours(1));
        _lane.HasUnsent.ShouldBeFalse();
    }

    [Fact]
    public void Should_give_up_what_came_before_a_time_and_keep_its_place_among_the_numbers()
    {
        _lane.Begin(1, 0, []);
        var old = Add("a", "b");
        Take();
        var waiting = Add("w");
        var fresh = Add(TimeSpan.FromSeconds(5), "c");
        _lane.GiveUp(TimeSpan.FromTicks(-1)).ShouldBeEmpty();
        _lane.GiveUp(TimeSpan.Zero).ShouldBe([.. old, .. waiting]);
        _lane.GiveUp(TimeSpan.Zero).ShouldBeEmpty();
        _lane.IsEmpty.ShouldBeFalse();
        _lane.ResendIfDue(s_resend);
        var sent = _lane.Take(1000, TimeSpan.Zero);
        sent.Select(m => (m.Number, m.Count)).ShouldBe([(1, 0), (2, 0), (3, 1)]);
        sent[0].Entries.Length.ShouldBe(0);
        _lane.Answer(1).ShouldBeNull();
        _lane.Answer(3).ShouldBeSameAs(fresh[0]);
        _lane.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Should_number_again_for_a_new_owner_what_that_has_not_taken()
    {
        _lane.Begin(1, 0, []);
        var deposits = Add("a", "b", "c", "d");
        Take();
        _lane.Answer(2);
        _lane.GiveUp(TimeSpan.FromTicks(-1));
        var answered = _lane.Begin(2, 2, []);
        answered.ShouldHaveSingleItem().Deposit.ShouldBeSameAs(deposits[0]);
        answered[0].Answer.ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
        _lane.Settled.ShouldBe(2);
        Take().ShouldBe([3L, 4L]);
        _lane.Answer(3).ShouldBeSameAs(deposits[2]);
    }

    [Fact]
    public void Should_leave_no_gap_for_a_new_owner_where_deposits_were_answered_or_given_up()
    {
        _lane.Begin(1, 0, []);
        Add("a", "b");
        Add(TimeSpan.FromSeconds(9), "c", "d");
        Take();
        _lane.GiveUp(TimeSpan.Zero);
        _lane.Answer(4);
        _lane.Begin(2, 0, []).ShouldBeEmpty();
        Take().ShouldBe([1L]);
    }

    [Fact]
    public void Should_take_the_answers_of_a_new_owner_and_not_take_for_stored_what_was_put_off()
    {
        _lane.Begin(1, 0, []);
        var deposits = Add("a", "b", "c");
        Take();
        var refused = new MailboxAnswer.Stored(2, [new LinkFailure(0, ErrorCode.MailboxFull)]);
        _lane.Begin(2, 3, [new MailboxAnswer.Later(1), refused]).ShouldSatisfyAllConditions(
            a => a.Count.ShouldBe(3),
            a => a[0].ShouldBe((deposits[0], new MailboxAnswer.Later(1))),
            a => a[1].ShouldBe((deposits[1], refused)),
            a => a[2].Answer.ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty());
        _lane.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Should_change_nothing_for_an_earlier_owner_or_the_same_one()
    {
        _lane.Begin(5, 0, []);
        Add("a");
        Take();
        _lane.Begin(5, 1, []).ShouldBeEmpty();
        _lane.Begin(4, 1, []).ShouldBeEmpty();
        _lane.Term.ShouldBe(5);
        _lane.HasUnsent.ShouldBeFalse();
        _lane.IsEmpty.ShouldBeFalse();
    }

    private static PendingChat Chat(string content) => new(TestChats.Chat("alice", "bob", content, 3, content), null);

    private List<Deposit> Add(params string[] contents) => Add(TimeSpan.Zero, contents);

    private List<Deposit> Add(TimeSpan now, params string[] contents)
    {
        List<Deposit> deposits = [.. contents.Select(c => new Deposit(_route, 1, 1, [Chat(c)], null, false))];
        deposits.ForEach(d => _lane.Add(d, now));
        return deposits;
    }

    private List<long> Take(TimeSpan now = default) => [.. _lane.Take(int.MaxValue, now).Select(m => m.Number)];

    private sealed class Route : IDepositOwner
    {
        public UserName User { get; } = UserName.TryCreate("bob")!;

        public void Stored(Deposit deposit, IReadOnlyList<LinkFailure> failures) => throw new InvalidOperationException();

        public void RecipientOnline(Deposit deposit, ReaderId reader) => throw new InvalidOperationException();

        public void TimedOut(Deposit deposit) => throw new InvalidOperationException();
    }
}
