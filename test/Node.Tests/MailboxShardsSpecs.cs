using Akka.Cluster.Sharding;
using Akka.Util;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class MailboxShardsSpecs
{
    /// <summary>Names whose hash is the lowest number there is.</summary>
    public static readonly TheoryData<string> Lowest = ["aaaa\u5C7C\u7295", "aaac\u7647\u4733"];

    [Theory]
    [MemberData(nameof(Lowest))]
    public void Should_have_a_shard_for_a_name_whose_hash_has_no_absolute_value(string name)
    {
        MurmurHash.StringHash(name).ShouldBe(int.MinValue);
        var shards = new MailboxShards.Extractor(100);

        // 2 to the power of 31.
        shards.ShardId(name).ShouldBe("48");
        shards.ShardId(name, new MailboxMessage.Look(name)).ShouldBe("48");
        Should.Throw<OverflowException>(() => new Inherited(100).ShardId(name));
    }

    [Fact]
    public void Should_leave_every_other_name_in_the_shard_it_always_had() =>
        Gen.Select(Gen.String[Gen.Char[' ', '\uD7FF'], 1, 64], Gen.Int[1, 10_000]).Where((name, _) => MurmurHash.StringHash(name) != int.MinValue).Sample((name, count) =>
        {
            var (ours, inherited) = (new MailboxShards.Extractor(count), new Inherited(count));
            var message = new MailboxMessage.Look(name);
            ours.ShardId(name, message).ShouldBe(inherited.ShardId(name, message));
            ours.ShardId(name).ShouldBe(inherited.ShardId(name));
            ours.EntityId(message).ShouldBe(name);
        });

    [Fact]
    public void Should_take_nothing_but_messages_to_a_mailbox() => new MailboxShards.Extractor(64).EntityId("x").ShouldBeNull();

    private sealed class Inherited(int shards) : HashCodeMessageExtractor(shards)
    {
        public override string? EntityId(object message) => (message as MailboxMessage)?.User;
    }
}
