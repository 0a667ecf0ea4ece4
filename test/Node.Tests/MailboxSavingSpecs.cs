using Akka.Actor;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>When a mailbox saves itself whole: after many events, and where the store may have lost what it had.</summary>
public class MailboxSavingSpecs : MailboxKit
{
    private static readonly string s_id = MailboxActor.PersistenceIdOf(UserName.TryCreate("bob")!);

    [Fact]
    public async Task Should_save_again_when_the_first_try_behind_a_lost_store_failed()
    {
        var mailbox = Mailbox();
        Store(mailbox, "a");
        Memory.Fails = true;
        Epoch.Next();
        EventFilter.Warning(contains: "could not be saved whole").ExpectOne(() => Store(mailbox, "b"));
        Memory.Fails = false;
        Time.Advance(TimeSpan.FromMinutes(10));
        Store(mailbox, "c");
        await Eventually.TrueAsync(() => Memory.Find(s_id) is not null, "it is saved");
        Saved().Waiting.ShouldBe(3);
    }

    [Fact]
    public async Task Should_not_try_at_every_turn_when_it_cannot_be_saved()
    {
        var mailbox = Mailbox(settings: Settings with { SnapshotEvery = 1 });
        Memory.Fails = true;
        EventFilter.Warning(contains: "could not be saved whole").ExpectOne(() => Store(mailbox, "a"));
        for (var i = 0; i < 3; i++)
            Store(mailbox, $"{i}");
        Memory.Tries.ShouldBe(1);
        Time.Advance(TimeSpan.FromSeconds(5));
        Store(mailbox, "b");
        await Eventually.TrueAsync(() => Memory.Tries == 2, "it tried again");
    }

    [Fact]
    public void Should_save_before_it_stops_when_the_store_may_have_lost_it()
    {
        var mailbox = Mailbox();
        Store(mailbox, "a", "b");
        Epoch.Next();
        Watch(mailbox);
        mailbox.Tell(MailboxActor.Stop.Instance);
        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));
        Saved().Waiting.ShouldBe(2);
    }

    [Fact]
    public void Should_set_its_mark_again_when_the_store_may_have_lost_it()
    {
        var mailbox = Mailbox();
        Store(mailbox, "a");
        var holder = Marks.Holder;
        Marks.ClearAsync(UserName.TryCreate("bob")!, holder!);
        Epoch.Next();
        Store(mailbox, "b");
        Marks.Holder.ShouldBe(holder);
    }

    [Fact]
    public void Should_stop_though_it_cannot_be_saved()
    {
        var mailbox = Mailbox();
        Store(mailbox, "a");
        Epoch.Next();
        Memory.Fails = true;
        Watch(mailbox);
        mailbox.Tell(MailboxActor.Stop.Instance);
        ExpectMsg<Terminated>(TimeSpan.FromSeconds(10));
    }

    private MailboxState Saved() => MailboxSnapshot.FromBytes((byte[])Memory.Find(s_id)!.Snapshot, Settings);
}
