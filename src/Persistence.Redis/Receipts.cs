namespace ChatAkka.Persistence.Redis;

/// <summary>When a write counts as kept.</summary>
internal enum Receipts
{
    /// <summary>When the primary has it: on disk, where that is set to write each command to disk before it answers.</summary>
    Written,

    /// <summary>When a replica has it as well: also after a failover to that replica.</summary>
    Replicated,

    /// <summary>When it is on the primary's disk.</summary>
    Fsynced,
}
