using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Util;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Divides the mailboxes among the nodes: Cluster Sharding, type <c>mailbox</c>, one entity for each user name.</summary>
internal static class MailboxShards
{
    /// <summary>Name of the entity type.</summary>
    public const string TypeName = "mailbox";

    /// <summary>Starts this node's part; gives the actor that takes every <see cref="MailboxMessage"/>.</summary>
    public static IActorRef Start(ActorSystem system, MailboxServices services)
    {
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system).WithRole(ClusterNames.NodeRole);
        return sharding.Start(
            TypeName,
            name => PropsOf(UserName.TryCreate(name) ?? throw new ArgumentException("a mailbox of no user"), services),
            settings,
            new Extractor(services.Settings.Shards),
            sharding.DefaultShardAllocationStrategy(settings),
            MailboxActor.Stop.Instance);
    }

    private static Props PropsOf(UserName user, MailboxServices services) => Props.Create(() => new MailboxActor(user, services));

    /// <summary>Says whose mailbox a message is for, and in which shard that is.</summary>
    /// <remarks>The shards are those of <see cref="HashCodeMessageExtractor"/>, for ever: nodes of two versions must agree on them, or a user
    /// has two mailboxes. For some names the hash is <see cref="int.MinValue"/>, which has no absolute value of its type: the inherited
    /// method throws there, and the region's restart takes every mailbox of the node with it. So this one counts in 64 bits. The other
    /// overload, which is obsolete, is called by nothing in Akka.</remarks>
    /// <param name="shards">Number of shards.</param>
    internal sealed class Extractor(int shards) : HashCodeMessageExtractor(shards)
    {
        /// <inheritdoc/>
        public override string? EntityId(object message) => (message as MailboxMessage)?.User;

        /// <inheritdoc/>
        public override string ShardId(string entityId, object? messageHint = null) =>
            (Math.Abs((long)MurmurHash.StringHash(entityId)) % MaxNumberOfShards).ToString(CultureInfo.InvariantCulture);
    }
}
