using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>The names of all keys of journal and snapshot store. They are the same as in the package Akka.Persistence.Redis.</summary>
/// <remarks>On a Redis Cluster each name begins with <c>{__pid}.</c>, so that all keys of one entity are in one slot and one transaction can use
/// them.</remarks>
/// <param name="prefix">Put before every key.</param>
/// <param name="isCluster">True if the servers are a Redis Cluster.</param>
internal sealed class PersistenceKeys(string prefix, bool isCluster)
{
    /// <summary>Name of the mark, after the prefix. A replica that has the mark also has all earlier writes.</summary>
    public const string ReceiptMark = "journal:receipts";

    /// <summary>True if the servers are a Redis Cluster.</summary>
    public bool IsCluster => isCluster;

    /// <summary>Sorted set of an entity's events by their sequence number.</summary>
    public RedisKey Events(string persistenceId) => Slot(persistenceId) + prefix + "journal:persisted:" + persistenceId;

    /// <summary>The highest sequence number that was ever written, in decimal.</summary>
    public RedisKey Highest(string persistenceId) => Slot(persistenceId) + prefix + "journal:persisted:" + persistenceId + ":highestSequenceNr";

    /// <summary>Sorted set of an entity's snapshots by their sequence number.</summary>
    public RedisKey Snapshots(string persistenceId) => Slot(persistenceId) + prefix + "snapshot:" + persistenceId;

    private string Slot(string persistenceId) => isCluster ? $"{{__{persistenceId}}}." : "";
}
