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

    private const string EventsKind = "journal:persisted:";
    private const string HighestEnd = ":highestSequenceNr";
    private const string SnapshotsKind = "snapshot:";

    /// <summary>True if the servers are a Redis Cluster.</summary>
    public bool IsCluster => isCluster;

    /// <summary>Sorted set of an entity's events by their sequence number.</summary>
    public RedisKey Events(string persistenceId) => Slot(persistenceId) + prefix + EventsKind + persistenceId;

    /// <summary>The highest sequence number that was ever written, in decimal.</summary>
    public RedisKey Highest(string persistenceId) => Slot(persistenceId) + prefix + EventsKind + persistenceId + HighestEnd;

    /// <summary>Sorted set of an entity's snapshots by their sequence number.</summary>
    public RedisKey Snapshots(string persistenceId) => Slot(persistenceId) + prefix + SnapshotsKind + persistenceId;

    /// <summary>Patterns of <c>SCAN</c> that match all keys of entities whose persistence ids begin with a text. They may match other keys as well.</summary>
    /// <remarks>A character that has a meaning in patterns is replaced by <c>?</c>, which stands for any character. Not all stores know how to escape it.</remarks>
    public IEnumerable<string> PatternsOf(string idPrefix) =>
        new[] { EventsKind, SnapshotsKind }.Select(kind => isCluster
            ? $"{{__{Literal(idPrefix)}*}}.{Literal(prefix)}{kind}{Literal(idPrefix)}*"
            : $"{Literal(prefix)}{kind}{Literal(idPrefix)}*");

    /// <summary>Gives the persistence id of the entity that a key belongs to; null if it is not a key of an entity.</summary>
    public string? EntityOf(string key)
    {
        foreach (var kind in new[] { EventsKind, SnapshotsKind })
        {
            var begin = (isCluster ? "}." : "") + prefix + kind;
            var at = key.IndexOf(begin, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var id = key[(at + begin.Length)..];
            if (id.EndsWith(HighestEnd, StringComparison.Ordinal) && Highest(id[..^HighestEnd.Length]) == key)
                return id[..^HighestEnd.Length];
            if (Events(id) == key || Snapshots(id) == key)
                return id;
        }

        return null;
    }

    private static string Literal(string text) => string.Concat(text.Select(c => c is '*' or '?' or '[' or ']' or '\\' or '^' ? '?' : c));

    private string Slot(string persistenceId) => isCluster ? $"{{__{persistenceId}}}." : "";
}
