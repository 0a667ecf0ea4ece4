using ChatAkka.Node.Mailboxes;

namespace ChatAkka.Node.Tests;

public class RememberedIdsSpecs
{
    [Fact]
    public void Should_forget_the_oldest_id_of_a_group_at_its_bound_and_no_other()
    {
        var ids = new RememberedIds(3, TimeSpan.FromHours(1));
        ids.Add(1, 100, 0);
        for (var id = 0; id < 3; id++)
            ids.Add(0, (UInt128)id, id);
        ids.Count.ShouldBe(4);
        ids.Contains(0).ShouldBeTrue();
        ids.Add(0, 3, 3);
        ids.Count.ShouldBe(4);
        ids.Contains(0).ShouldBeFalse();
        ids.Contains(1).ShouldBeTrue();
        ids.Contains(3).ShouldBeTrue();
        ids.Contains(100).ShouldBeTrue();
    }

    [Fact]
    public void Should_take_no_second_place_for_an_id_that_it_knows()
    {
        var ids = new RememberedIds(2, TimeSpan.FromHours(1));
        ids.Add(0, 1, 0);
        ids.Add(0, 2, 0);
        ids.Add(0, 2, 5);
        ids.Contains(1).ShouldBeTrue();
        ids.All.ShouldBe([(0, (UInt128)1, 0L), (0, (UInt128)2, 0L)]);
    }

    [Fact]
    public void Should_forget_an_id_only_when_it_is_older_than_the_age()
    {
        var ids = new RememberedIds(10, TimeSpan.FromMilliseconds(100));
        ids.Add(0, 1, 1000);
        ids.Add(63, 2, 1001);
        ids.ForgetOld(1100);
        ids.Count.ShouldBe(2);
        ids.ForgetOld(1101);
        ids.Contains(1).ShouldBeFalse();
        ids.Contains(2).ShouldBeTrue();
        ids.Add(0, 1, 1101);
        ids.Contains(1).ShouldBeTrue();
    }

    [Fact]
    public void Should_remember_nothing_when_it_is_turned_off()
    {
        var ids = new RememberedIds(0, TimeSpan.FromHours(1));
        ids.Add(0, 1, 0);
        ids.Count.ShouldBe(0);
        ids.Contains(1).ShouldBeFalse();
    }

    [Fact]
    public void Should_recognise_a_chat_of_which_only_the_hash_of_the_id_is_known_until_it_is_too_old()
    {
        var ids = new RememberedIds(2, TimeSpan.FromMilliseconds(100));
        var group = RememberedIds.FormerGroupOf(ChatFacts.HashOf("alice"u8));
        group.ShouldBe(64 + 61);
        ids.ContainsFormer(TestChats.Chat("alice", "bob", "x", 1, "1")).ShouldBeFalse();
        ids.Add(group, RememberedIds.FormerKeyOf("alice"u8, "bob"u8, "1"u8), 1000);
        ids.ContainsFormer(TestChats.Chat("alice", "bob", "other", 2, "1")).ShouldBeTrue();
        ids.ContainsFormer(TestChats.Chat("alice", "bob", "x", 1, "2")).ShouldBeFalse();
        ids.ContainsFormer(TestChats.Chat("alice", "carol", "x", 1, "1")).ShouldBeFalse();
        ids.ContainsFormer(TestChats.Chat("carol", "bob", "x", 1, "1")).ShouldBeFalse();
        ids.Contains(RememberedIds.KeyOf("alice"u8, "bob"u8, "1"u8)).ShouldBeFalse();
        ids.ForgetOld(1101);
        ids.ContainsFormer(TestChats.Chat("alice", "bob", "x", 1, "1")).ShouldBeFalse();
    }

    [Fact]
    public void Should_give_ids_of_the_former_form_no_place_of_others()
    {
        var ids = new RememberedIds(2, TimeSpan.FromHours(1));
        ids.Add(3, 1, 0);
        ids.Add(3, 2, 0);
        for (var id = 10; id < 13; id++)
            ids.Add(64 + 3, (UInt128)id, 0);
        ids.All.Select(i => (int)i.Id).ShouldBe([1, 2, 11, 12]);
    }

    [Fact]
    public void Should_tell_sender_recipient_and_id_apart()
    {
        UInt128[] keys =
        [
            RememberedIds.KeyOf("ab"u8, "c"u8, "d"u8), RememberedIds.KeyOf("a"u8, "bc"u8, "d"u8), RememberedIds.KeyOf("a"u8, "b"u8, "cd"u8),
            RememberedIds.KeyOf("c"u8, "ab"u8, "d"u8), RememberedIds.KeyOf(new byte[2000], "b"u8, "c"u8), RememberedIds.KeyOf(new byte[2000], "b"u8, "d"u8),
        ];
        keys.ShouldBeUnique();
    }

    /// <summary>They are in snapshots, so these values can never change.</summary>
    [Fact]
    public void Should_keep_its_hashes_and_groups()
    {
        RememberedIds.KeyOf("alice"u8, "bob"u8, "1"u8).ToString("X32", null).ShouldBe("ADFB45965F2A0B28879D165D84AEF6A5");
        RememberedIds.FormerKeyOf("alice"u8, "bob"u8, "1"u8).ShouldBe(RememberedIds.KeyOf("alice"u8, "bob"u8, [0xFF, .. System.IO.Hashing.XxHash128.Hash("1"u8)]));
        RememberedIds.GroupOf(ChatFacts.HashOf("alice"u8)).ShouldBe(61);
        (RememberedIds.Groups, RememberedIds.AllGroups).ShouldBe((64, 128));
    }
}
