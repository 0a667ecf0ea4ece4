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

    /// <summary>Starts this node's shard region, and gives the actor that takes every <see cref="MailboxMessage"/>.</summary>
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

    /// <summary>Says for whose mailbox a message is, and in which shard that mailbox is.</summary>
    /// <remarks>The shards must always be those of <see cref="HashCodeMessageExtractor"/>: if nodes of two versions disagreed, a user would have two
    /// mailboxes. For some names the hash is <see cref="int.MinValue"/>, whose absolute value does not fit into an int. The inherited method throws
    /// then, and the restart of the shard region ends every mailbox of the node. So this method computes with 64 bits. Akka does not call the other
    /// overload, which is obsolete.</remarks>
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
