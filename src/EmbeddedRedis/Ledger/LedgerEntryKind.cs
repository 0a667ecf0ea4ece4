namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>The kind of an entry of the ledger.</summary>
internal enum LedgerEntryKind : byte
{
    /// <summary>The beginning of the ledger.</summary>
    Start = 1,

    /// <summary>The file has this content (checksums of its sectors).</summary>
    Holds = 2,

    /// <summary>A write is about to begin.</summary>
    Begin = 3,

    /// <summary>A write is done.</summary>
    Done = 4,

    /// <summary>A file, or everything in a folder, is about to be deleted.</summary>
    Removed = 5,
}
