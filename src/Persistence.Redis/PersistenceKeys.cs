using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Every key that journal and snapshot store use: those of the package Akka.Persistence.Redis.</summary>
/// <remarks>On Redis Cluster each stands behind <c>{__pid}.</c>, so that all keys of one entity lie in one slot and a transaction can
/// take them.</remarks>
/// <param name="prefix">Put before every key.</param>
/// <param name="isCluster">True where the servers are a Redis Cluster.</param>
internal sealed class PersistenceKeys(string prefix, bool isCluster)
{
    /// <summary>Written, behind the prefix, so that a replica can be asked whether it has that: it then has all before it.</summary>
    public const string ReceiptMark = "journal:receipts";

    /// <summary>True where the servers are a Redis Cluster.</summary>
    public bool IsCluster => isCluster;

    /// <summary>Sorted set of an entity's events by their sequence number.</summary>
    public RedisKey Events(string persistenceId) => Slot(persistenceId) + prefix + "journal:persisted:" + persistenceId;

    /// <summary>The highest sequence number that was ever written, in decimal.</summary>
    public RedisKey Highest(string persistenceId) => Slot(persistenceId) + prefix + "journal:persisted:" + persistenceId + ":highestSequenceNr";

    /// <summary>Sorted set of an entity's snapshots by their sequence number.</summary>
    public RedisKey Snapshots(string persistenceId) => Slot(persistenceId) + prefix + "snapshot:" + persistenceId;

    private string Slot(string persistenceId) => isCluster ? $"{{__{persistenceId}}}." : "";
}
