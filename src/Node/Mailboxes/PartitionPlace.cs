using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Makes this node's shard region ask the coordinator of Cluster Sharding again where a partition is.</summary>
/// <remarks>
/// A region never doubts that a shard is its own. If a hand-off takes longer than <c>akka.cluster.sharding.handoff-timeout</c>, for example because the network
/// between two nodes fails again and again, the coordinator tells the regions that the shard is where it was, and moves it nevertheless when the late
/// hand-off ends. A region that hears the first of these after the hand-off starts the shard again. Then two nodes have the partition for good: the journal lets
/// only one owner at a time write, so nothing is lost, but each write of one ends the other, and messages are late. So a node whose owner learns from
/// the journal that there is a newer one forgets where the partition is, and asks.
/// Cluster Sharding has no public message for this. The first message of its own hand-off does it, in the form that it has on the wire, which is kept
/// for the sake of rolling updates.
/// </remarks>
internal static class PartitionPlace
{
    private const int ShardingSerializer = 13;
    private const string BeginHandOff = "BH";

    /// <summary>Field 1 of the message, a text.</summary>
    private const byte ShardField = 0x0A;

    /// <summary>Forgets where a partition is. The next message to it is held back until the coordinator has answered.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="partition">Number of the partition.</param>
    public static void AskAgain(ActorSystem system, int partition) =>
        ClusterSharding.Get(system).ShardRegion(Partitions.TypeName).Tell(
            Message(system, partition.ToString(CultureInfo.InvariantCulture)), ActorRefs.NoSender);

    /// <summary>The message that makes a region forget where a shard is.</summary>
    internal static object Message(ActorSystem system, string shard)
    {
        var name = Encoding.UTF8.GetBytes(shard);
        return system.Serialization.Deserialize([ShardField, (byte)name.Length, .. name], ShardingSerializer, BeginHandOff);
    }
}
