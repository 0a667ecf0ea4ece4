namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>What an entry of the ledger says.</summary>
internal enum LedgerEntryKind : byte
{
    /// <summary>The ledger begins.</summary>
    Start = 1,

    /// <summary>A file holds this.</summary>
    Holds = 2,

    /// <summary>A write is about to begin.</summary>
    Begin = 3,

    /// <summary>A write is done.</summary>
    Done = 4,

    /// <summary>A file, or all below a folder, is about to be deleted.</summary>
    Removed = 5,
}
