using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class PartitionsSpecs
{
    /// <summary>A mailbox is found by its partition, so these values can never change.</summary>
    [Theory]
    [InlineData("alice", 32, 9)]
    [InlineData("bob", 32, 27)]
    [InlineData("bob", 7, 5)]
    [InlineData("zoë 山", 32, 7)]
    [InlineData("a", 1000, 955)]
    public void Should_keep_the_partition_of_each_user(string user, int partitions, int expected) => Partitions.Of(user, partitions).ShouldBe(expected);

    [Fact]
    public void Should_give_a_partition_that_exists() => Gen.Select(Gen.String, Gen.Int[1, 1000]).Sample((user, partitions) =>
        Partitions.Of(user, partitions).ShouldBeInRange(0, partitions - 1));

    [Fact]
    public void Should_spread_users_over_all_partitions() =>
        Enumerable.Range(0, 10_000).GroupBy(i => Partitions.Of($"user-{i}", 32)).Select(g => g.Count()).ShouldAllBe(n => n > 200 && n < 430);

    [Fact]
    public void Should_send_each_message_to_its_partition_and_drop_what_has_none()
    {
        var extractor = new Partitions.Extractor(4);
        extractor.EntityId(new PartitionBatch(3, MailboxData.NodeA, 0, 0, [])).ShouldBe("3");
        extractor.ShardId(new PartitionBatch(3, MailboxData.NodeA, 0, 0, [])).ShouldBe("3");
        extractor.EntityId(new PartitionBatch(4, MailboxData.NodeA, 0, 0, [])).ShouldBeNull();
        extractor.EntityId(new PartitionBatch(-1, MailboxData.NodeA, 0, 0, [])).ShouldBeNull();
        extractor.EntityId(new MailboxQuestion("bob")).ShouldBe($"{Partitions.Of("bob", 4)}");
        extractor.EntityId("garbage").ShouldBeNull();
        Partitions.PersistenceIdOf(31).ShouldBe("mailboxes-31");
    }
}
