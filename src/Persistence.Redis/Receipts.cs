namespace ChatAkka.Persistence.Redis;

/// <summary>When a write counts as stored.</summary>
internal enum Receipts
{
    /// <summary>When the primary has it. It is on disk only if the primary is configured to write each command to disk before it answers.</summary>
    Written,

    /// <summary>When a replica has it, too. Then it survives a failover to that replica.</summary>
    Replicated,

    /// <summary>When it is on the primary's disk.</summary>
    Fsynced,
}
