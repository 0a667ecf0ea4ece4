using Akka.Actor;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Tests;

/// <summary>What a mailbox hands to whom, and what becomes of it when a session, or the mailbox, ends in between.</summary>
public class MailboxHandingSpecs : MailboxKit
{
    private readonly IActorRef _mailbox;

    public MailboxHandingSpecs() => _mailbox = Mailbox();

    [Fact]
    public void Should_keep_what_has_an_id_until_the_session_says_that_the_client_has_it()
    {
        Store(_mailbox, "a", "b");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        var chunk = ExpectChunk(session);
        Texts(chunk).ShouldBe(["1a", "2b"]);
        Watch(_mailbox);
        _mailbox.Tell(PoisonPill.Instance);
        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));

        // It starts again, as where the answer of a write came too late.
        var again = Mailbox();
        Pull(again, session, Reader(7), number: 1, life: chunk.Life);
        Texts(ExpectChunk(session)).ShouldBe(["1a", "2b"]);
        Pull(again, session, Reader(7), number: 2, have: 2, done: 2, life: chunk.Life);
        ExpectChunk(session).IsDrained.ShouldBeTrue();
    }

    [Fact]
    public void Should_hand_what_has_an_id_to_the_next_session_when_the_one_before_has_not_got_it()
    {
        Store(_mailbox, "a", "b", "c");
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Pull(_mailbox, first, Reader(7));
        var life = ExpectChunk(first).Life;
        Registry.Places["bob"] = new SessionOwner(Self, 8);
        Pull(_mailbox, second, Reader(8), acks: true);
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), Have: 3, Done: 1, life), first);
        Texts(ExpectChunk(second)).ShouldBe(["2b", "3c"]);
        first.ExpectMsg<MailboxAnswer.Left>().Done.ShouldBe(1);
    }

    [Fact]
    public void Should_hand_what_has_an_id_to_the_next_session_when_the_one_before_says_nothing()
    {
        Store(_mailbox, "a", "b");
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Pull(_mailbox, first, Reader(7));
        ExpectChunk(first);
        Registry.Places["bob"] = new SessionOwner(Self, 8);
        Pull(_mailbox, second, Reader(8));
        Texts(ExpectChunk(second)).ShouldBe(["1a", "2b"]);
    }

    [Fact]
    public void Should_hand_over_what_has_no_id_only_when_it_is_forgotten()
    {
        Store(_mailbox, "a?", "b?");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7), number: 1);
        ExpectChunk(session);
        Pull(_mailbox, session, Reader(7), number: 2, have: 2, done: 2);
        ExpectChunk(session).IsDrained.ShouldBeTrue();
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), 2, 2));
        Store(_mailbox, "c?");
        Memory.Close();
        Pull(_mailbox, session, Reader(8));
        session.ExpectNoMsg(TimeSpan.FromMilliseconds(200));

        Memory.Open();
        Texts(ExpectChunk(session)).ShouldBe(["3c?"]);
    }

    [Fact]
    public void Should_give_back_what_has_no_id_when_another_session_comes_before_it_was_handed_over()
    {
        Store(_mailbox, "a?", "b?");
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Registry.Places["bob"] = new SessionOwner(Self, 8);
        Memory.Close();
        Pull(_mailbox, first, Reader(7));
        Pull(_mailbox, second, Reader(8), acks: true);
        first.ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Memory.Open();
        Texts(ExpectChunk(second)).ShouldBe(["1a?", "2b?"]);
        first.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Should_hand_chats_with_and_without_an_id_in_their_order()
    {
        Store(_mailbox, "a", "b?", "c?", "d", "e");
        var session = CreateTestProbe();
        List<string> all = [];
        MailboxAnswer.Chunk? chunk = null;
        for (var number = 1L; chunk is not { IsDrained: true }; number++)
        {
            Pull(_mailbox, session, Reader(7), number, have: all.Count, done: all.Count, life: chunk?.Life ?? 0);
            chunk = ExpectChunk(session);
            if (number == 1)
                chunk.Waiting.ShouldBe(5);

            // What has no id is forgotten before it is handed over, so it never goes with what has one.
            Texts(chunk).Select(t => t.EndsWith('?')).Distinct().Count().ShouldBeLessThanOrEqualTo(1);
            all.AddRange(Texts(chunk));
        }

        all.ShouldBe(["1a", "2b?", "3c?", "4d", "5e"]);
    }

    [Fact]
    public void Should_not_answer_the_session_of_before_when_another_one_reads()
    {
        Registry.Places["bob"] = new SessionOwner(Self, 8);
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Pull(_mailbox, second, Reader(8), acks: true);
        ExpectChunk(second).Count.ShouldBe(0);
        Pull(_mailbox, second, Reader(8), number: 2, acks: true);

        Pull(_mailbox, first, Reader(7), number: 9, acks: true);
        first.ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Store(_mailbox, "a");

        Texts(ExpectChunk(second)).ShouldBe(["1a"]);
        first.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Should_refuse_a_late_copy_of_a_batch_that_it_refused()
    {
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        ExpectChunk(session).IsDrained.ShouldBeTrue();
        var batch = Batch("a");
        _mailbox.Tell(batch);
        ExpectMsg<MailboxAnswer.Online>().Reader.ShouldBe(Reader(7));
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), 0, 0));

        // Its chats went another way meanwhile.
        _mailbox.Tell(batch);
        ExpectMsg<MailboxAnswer.Online>();
        Store(_mailbox, "b");
        Pull(_mailbox, session, Reader(8));
        Texts(ExpectChunk(session)).ShouldBe(["1b"]);
    }

    [Fact]
    public void Should_say_that_a_last_word_is_kept_only_when_it_is()
    {
        Store(_mailbox, "a", "b");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        var life = ExpectChunk(session).Life;
        Memory.Close();
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), 2, 2, life), session);
        session.ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Memory.Open();
        session.ExpectMsg<MailboxAnswer.Left>(TimeSpan.FromSeconds(10)).Done.ShouldBe(2);
    }

    [Fact]
    public void Should_not_say_that_a_last_word_is_kept_when_only_the_turn_before_it_is()
    {
        Store(_mailbox, "a", "b");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        var life = ExpectChunk(session).Life;
        Memory.Close();
        _mailbox.Tell(Batch("c"));
        _mailbox.Tell(new MailboxMessage.Leave("bob", Reader(7), 2, 2, life), session);
        _mailbox.Tell(new MailboxMessage.Look("bob"));
        ExpectMsg<MailboxAnswer.Depth>();
        AwaitAssert(() => Memory.Held.ShouldBe(1));
        Memory.OpenOnce();
        ExpectMsg<MailboxAnswer.Stored>(TimeSpan.FromSeconds(10));
        session.ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Memory.Open();
        session.ExpectMsg<MailboxAnswer.Left>(TimeSpan.FromSeconds(10)).Done.ShouldBe(2);
    }

    [Fact]
    public void Should_take_the_last_word_of_a_session_that_it_does_not_know_since_it_moved()
    {
        Store(_mailbox, "a", "b");
        var session = CreateTestProbe();
        Pull(_mailbox, session, Reader(7));
        var life = ExpectChunk(session).Life;
        Watch(_mailbox);
        _mailbox.Tell(MailboxActor.Stop.Instance);
        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));

        var again = Mailbox();
        again.Tell(new MailboxMessage.Leave("bob", Reader(7), 2, 1, life), session);
        session.FishForMessage<MailboxAnswer.Left>(_ => true);
        Pull(again, session, Reader(8));
        Texts(ExpectChunk(session)).ShouldBe(["2b"]);
    }
}
