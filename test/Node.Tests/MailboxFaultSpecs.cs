using Akka.Actor;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>What crosses or fails at an awkward moment leaves nobody waiting and nothing behind.</summary>
public class MailboxFaultSpecs : MailboxKit
{
    private readonly IActorRef _mailbox;

    public MailboxFaultSpecs() => _mailbox = Mailbox();

    [Fact]
    public async Task Should_serve_the_next_session_when_what_returned_to_it_could_not_be_marked_at_first()
    {
        Store(_mailbox, "a?", "b?");
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Pull(_mailbox, first, Reader(7));
        ExpectChunk(first);
        Registry.Places["bob"] = new SessionOwner(Self, 8);
        Pull(_mailbox, second, Reader(8), acks: true);
        await Eventually.TrueAsync(() => ReaderNow() == Reader(8), "the second session reads");
        Marks.Fails = true;
        Epoch.Next();
        var tries = Marks.Tries;
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), 0, 0));
        await Eventually.TrueAsync(() => Marks.Tries > tries, "it tried");

        Marks.Fails = false;
        Pull(_mailbox, second, Reader(8), acks: true);
        Texts(ExpectChunk(second)).ShouldBe(["1a?", "2b?"]);
    }

    [Fact]
    public void Should_forget_what_a_session_of_an_older_build_has_which_does_not_say_that_the_client_has_it()
    {
        Store(_mailbox, "a", "b");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        var life = ExpectChunk(session).Life;
        Pull(_mailbox, session, Reader(7), number: 2, have: 2, done: 0, life: life);
        ExpectChunk(session).IsDrained.ShouldBeTrue();
    }

    [Fact]
    public void Should_go_on_at_once_with_a_session_that_a_sender_took_for_gone()
    {
        Store(_mailbox, "a?");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        var life = ExpectChunk(session).Life;
        _mailbox.Tell(Batch(5, 1, Reader(7), "b"));
        ExpectMsg<MailboxAnswer.Stored>();
        Pull(_mailbox, session, Reader(7), number: 2, have: 1, done: 1, life: life);
        Texts(session.ExpectMsg<MailboxAnswer.Chunk>(TimeSpan.FromSeconds(2))).ShouldBe(["2b"]);
    }

    [Fact]
    public async Task Should_take_away_the_mark_of_an_instance_that_was_killed_when_nothing_waits()
    {
        await Marks.MarkAsync(UserName.TryCreate("bob")!, "killed");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        ExpectChunk(session).IsDrained.ShouldBeTrue();
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), 0, 0));
        _mailbox.Tell(ReceiveTimeout.Instance);
        await Eventually.TrueAsync(() => Marks.Holder is null, "no mark is left");
    }

    [Fact]
    public void Should_ask_its_reader_to_come_again_only_after_a_pause_when_it_could_not_go_on()
    {
        Marks.IsFenced = true;
        var session = CreateTestProbe();
        Watch(_mailbox);
        Pull(_mailbox, session, Reader(7), acks: true);
        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));
        Gateway.ExpectNoMsg(TimeSpan.FromMilliseconds(300));
        Gateway.ExpectMsg<MailboxAnswer.Nudge>(TimeSpan.FromSeconds(10)).Connection.ShouldBe(7);
    }

    [Fact]
    public void Should_say_that_nothing_waits_rather_than_less_when_its_numbers_are_being_lifted()
    {
        Store(_mailbox, "a");
        Memory.Close();
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Pull(_mailbox, first, Reader(7), number: 2, have: 20, life: 1, acks: true);
        Registry.Places["bob"] = new SessionOwner(Self, 8);
        Pull(_mailbox, second, Reader(8), acks: true);
        ExpectChunk(second).Waiting.ShouldBe(0);
        Memory.Open();
        Pull(_mailbox, second, Reader(8), number: 2, acks: true);
        Texts(ExpectChunk(second)).ShouldBe(["21a"]);
    }

    [Fact]
    public void Should_not_read_to_a_session_that_left_while_the_registry_was_asked_for_it()
    {
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Pull(_mailbox, second, Reader(8), acks: true);
        ExpectChunk(second);
        Pull(_mailbox, second, Reader(8), number: 2, acks: true);
        Registry.Places["bob"] = new SessionOwner(Self, 7);
        var hold = new TaskCompletionSource();
        Registry.Hold = hold.Task;
        Pull(_mailbox, first, Reader(7));
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), 0, 0));
        ReaderNow().ShouldBe(Reader(8));
        Registry.Hold = null;
        hold.SetResult();
        first.ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        ReaderNow().ShouldBe(Reader(8));
    }

    private ReaderId? ReaderNow()
    {
        var probe = CreateTestProbe();
        _mailbox.Tell(new MailboxMessage.Look("bob"), probe);
        return probe.ExpectMsg<MailboxAnswer.Depth>(TimeSpan.FromSeconds(10)).Reader;
    }
}
