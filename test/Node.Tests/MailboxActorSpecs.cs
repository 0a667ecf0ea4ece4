using Akka.Actor;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Tests;

/// <summary>Whom a mailbox wakes, and when senders get their receipts.</summary>
public class MailboxActorSpecs : MailboxKit
{
    private readonly IActorRef _mailbox;

    public MailboxActorSpecs() => _mailbox = Mailbox();

    [Fact]
    public void Should_wake_a_session_that_the_registry_names()
    {
        Registry.Places["bob"] = new SessionOwner(Self, 7);

        _mailbox.Tell(Batch(notReader: null));

        Gateway.FishForMessage<MailboxAnswer.Nudge>(m => m == new MailboxAnswer.Nudge("bob", 7));
    }

    [Fact]
    public void Should_also_wake_a_session_that_a_sender_said_was_gone_and_answer_the_sender_at_once()
    {
        Registry.Places["bob"] = new SessionOwner(Self, 7);

        _mailbox.Tell(Batch(notReader: new ReaderId(Self, 7)));

        ExpectMsg<MailboxAnswer.Stored>(TimeSpan.FromSeconds(2)).Stream.ShouldBe(5);
        Gateway.FishForMessage<MailboxAnswer.Nudge>(m => m == new MailboxAnswer.Nudge("bob", 7));
    }

    [Fact]
    public void Should_wake_it_again_where_the_word_was_lost()
    {
        Registry.Places["bob"] = new SessionOwner(Self, 7);

        _mailbox.Tell(Batch(notReader: new ReaderId(Self, 7)));

        for (var i = 0; i < 2; i++)
            Gateway.FishForMessage<MailboxAnswer.Nudge>(m => m.Connection == 7);
    }

    [Fact]
    public void Should_answer_at_once_where_nobody_is_logged_in_and_say_how_much_waits()
    {
        _mailbox.Tell(Batch(notReader: null));

        ExpectMsg<MailboxAnswer.Stored>(TimeSpan.FromSeconds(2)).Failures.ShouldBeEmpty();
        _mailbox.Tell(new MailboxMessage.Look("bob"));
        var depth = ExpectMsg<MailboxAnswer.Depth>();
        (depth.Waiting, depth.Last, depth.Reader).ShouldBe((1, 1, null));
        Gateway.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Should_give_no_receipt_and_end_when_its_node_was_declared_dead()
    {
        Marks.IsFenced = true;
        Watch(_mailbox);

        _mailbox.Tell(Batch("m"));

        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Should_give_no_receipt_and_end_when_the_journal_rejects_an_event()
    {
        Memory.Rejects = true;
        Watch(_mailbox);

        _mailbox.Tell(Batch("m"));

        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Should_answer_a_late_copy_of_a_batch_as_before_when_it_was_refused_whole()
    {
        Store(_mailbox, "1", "2", "3", "4", "5");
        var refused = Batch("6");
        _mailbox.Tell(refused);
        ExpectMsg<MailboxAnswer.Stored>().Failures.Count.ShouldBe(1);
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7), acks: true);
        Pull(_mailbox, session, Reader(7), number: 2, have: 5, done: 5, life: ExpectChunk(session).Life, acks: true);
        Store(_mailbox, "7");

        _mailbox.Tell(refused);

        ExpectMsg<MailboxAnswer.Stored>().Failures.Count.ShouldBe(1);
        Texts(ExpectChunk(session)).ShouldBe(["67"]);
    }

    private MailboxMessage.Store Batch(ReaderId? notReader) => Batch(5, 1, notReader, "hi");
}
