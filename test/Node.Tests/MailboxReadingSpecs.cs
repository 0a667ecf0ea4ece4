using Akka.Actor;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

public class MailboxReadingSpecs
{
    private static readonly ReaderId s_first = new(new NodeId("h", 1, 1), 1);
    private static readonly ReaderId s_second = new(new NodeId("h", 2, 1), 1);
    private readonly MailboxReading _reading = new();

    [Fact]
    public void Should_keep_what_a_session_was_handed_until_it_says_that_it_has_it()
    {
        Pull(s_first, number: 1, have: 0);
        Hand(first: 1, "a", "b", "c");

        // The next session asks before the one before it said its last word.
        _reading.Forget().ShouldBeNull();
        Pull(s_second, number: 1, have: 0);
        _reading.IsOpen.ShouldBeTrue();
        var back = _reading.TakeBack(s_first, have: 1)!;
        (back.First, back.Entries.Count).ShouldBe((2, 2));
        _reading.IsOpen.ShouldBeFalse();
        _reading.Reader.ShouldBe(s_second);
        _reading.IsAsking.ShouldBeTrue();
    }

    [Fact]
    public void Should_wait_for_nobody_who_has_what_it_was_handed()
    {
        Pull(s_first, number: 1, have: 0);
        Hand(first: 1, "a", "b");
        Pull(s_first, number: 2, have: 2);
        _reading.Forget();
        Pull(s_second, number: 1, have: 0);
        _reading.IsOpen.ShouldBeFalse();
        _reading.TakeBack(s_first, have: 2).ShouldBeNull();
    }

    [Fact]
    public void Should_take_back_from_the_present_session_what_it_did_not_get()
    {
        Pull(s_first, number: 1, have: 0);
        Hand(first: 5, "a", "b");
        var back = _reading.TakeBack(s_first, have: 0)!;
        (back.First, back.Entries.Count).ShouldBe((5, 2));
        _reading.Forget();
        _reading.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public void Should_wait_too_for_a_session_that_a_sender_found_gone()
    {
        Pull(s_first, number: 1, have: 0);
        Hand(first: 1, "a");
        _reading.Forget();
        _reading.IsOpen.ShouldBeTrue();
        _reading.TakeBack(s_second, have: 0).ShouldBeNull();
        _reading.TakeBack(s_first, have: 0)!.Entries.Count.ShouldBe(1);
    }

    [Fact]
    public void Should_give_back_what_was_not_handed_to_anybody_when_another_session_comes()
    {
        Pull(s_first, number: 1, have: 0);
        _reading.Handing = Chunk(first: 4, "a", "b");
        var back = _reading.Forget()!;
        (back.First, back.Entries.Count).ShouldBe((4, 2));
        (_reading.IsOpen, _reading.Handing).ShouldBe((false, null));
    }

    [Fact]
    public void Should_return_nothing_to_the_mailbox_that_was_never_forgotten()
    {
        Pull(s_first, number: 1, have: 0);
        _reading.Answer(1, 1, 2, 2, isDrained: false, Chunk(first: 1, "a", "b").Entries);
        _reading.HandAgain().ShouldBeFalse();
        _reading.Forget();
        _reading.IsOpen.ShouldBeTrue();
        _reading.Knows(s_first).ShouldBeTrue();
        _reading.TakeBack(s_first, have: 0).ShouldBeNull();
        (_reading.IsOpen, _reading.Knows(s_first)).ShouldBe((false, false));
    }

    [Fact]
    public void Should_go_on_with_a_session_that_a_sender_took_for_gone()
    {
        Pull(s_first, number: 1, have: 0);
        Hand(first: 1, "a", "b");
        _reading.Forget();
        Pull(s_first, number: 1, have: 0);
        (_reading.IsOpen, _reading.HandAgain()).ShouldBe((false, true));
        _reading.Forget();
        Pull(s_first, number: 2, have: 2);
        (_reading.IsOpen, _reading.HandAgain()).ShouldBe((false, false));
    }

    [Fact]
    public void Should_take_no_question_that_is_older_than_the_last_one_of_its_session()
    {
        Pull(s_first, number: 5, have: 3);
        Take(s_first, number: 4, have: 2).ShouldBeFalse();
        _reading.Have.ShouldBe(3);
        Take(s_first, number: 5, have: 3).ShouldBeTrue();
        Take(s_second, number: 1, have: 0).ShouldBeTrue();
    }

    private void Pull(ReaderId reader, long number, long have) => Take(reader, number, have).ShouldBeTrue();

    private bool Take(ReaderId reader, long number, long have) => _reading.Take(
        new MailboxMessage.Pull("bob", reader, Acks: false, 0, number, have, 0, 1000), ActorRefs.Nobody, TimeProvider.System);

    private static byte[] Entry(string text)
    {
        var to = new Utf8Buffer();
        LinkEntry.Append(to, TestChats.Chat("a", "bob", text, 1, ""));
        var reader = new LinkEntryReader(to.Written);
        return reader.TryRead(out var entry) ? entry.ToArray() : [];
    }

    private void Hand(long first, params string[] texts) => _reading.Hand(Chunk(first, texts));

    private static MailboxAnswer.Chunk Chunk(long first, params string[] texts)
    {
        var entries = texts.Select(t => Entry(t)).ToList();
        var bytes = EntryList.Join(entries, entries.Sum(e => EntryList.SizeOf(e.Length)));
        return new MailboxAnswer.Chunk(0, 1, first, texts.Length, 0, IsDrained: false, bytes);
    }
}
