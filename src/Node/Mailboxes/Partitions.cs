using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Akka.Actor;
using Akka.Cluster.Sharding;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Divides the mailboxes among the nodes: Cluster Sharding, type <c>mailboxes</c>, one entity and one shard for each partition of the users.</summary>
internal static class Partitions
{
    /// <summary>Name of the entity type.</summary>
    public const string TypeName = "mailboxes";

    /// <summary>The partition of a user. This must never change, because a mailbox is found by it.</summary>
    public static int Of(string user, int partitions)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(user.Length)];
        return (int)(XxHash64.HashToUInt64(utf8[..Encoding.UTF8.GetBytes(user, utf8)]) % (uint)partitions);
    }

    /// <summary>The persistence id of a partition's log.</summary>
    public static string PersistenceIdOf(int partition) => string.Create(CultureInfo.InvariantCulture, $"mailboxes-{partition}");

    /// <summary>Starts this node's shard region, and gives the actor that takes every <see cref="PartitionBatch"/> and <see cref="MailboxQuestion"/>.</summary>
    public static IActorRef Start(ActorSystem system, PartitionServices services)
    {
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system).WithRole(ClusterNames.NodeRole);
        return sharding.Start(
            TypeName,
            partition => Props.Create(() => new PartitionActor(int.Parse(partition, CultureInfo.InvariantCulture), services)),
            settings,
            new Extractor(services.Settings.Partitions),
            sharding.DefaultShardAllocationStrategy(settings),
            new PartitionActor.Stop());
    }

    /// <summary>Says for which partition a message is.</summary>
    /// <param name="partitions">Number of partitions.</param>
    internal sealed class Extractor(int partitions) : IMessageExtractor
    {
        /// <inheritdoc/>
        public string? EntityId(object message) => message switch
        {
            PartitionBatch m when m.Partition >= 0 && m.Partition < partitions => Text(m.Partition),
            MailboxQuestion m => Text(Of(m.User, partitions)),
            _ => null,
        };

        /// <inheritdoc/>
        public object EntityMessage(object message) => message;

        /// <inheritdoc/>
        public string? ShardId(object message) => EntityId(message);

        /// <inheritdoc/>
        public string ShardId(string entityId, object? messageHint = null) => entityId;

        private static string Text(int partition) => partition.ToString(CultureInfo.InvariantCulture);
    }
}
