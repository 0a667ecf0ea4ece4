namespace ChatAkka.Management.Client;

/// <summary>How rows are shown.</summary>
internal enum OutputMode
{
    /// <summary>Aligned, under a header.</summary>
    Terminal,

    /// <summary>Cells divided by tabs, without a header.</summary>
    Piped,

    /// <summary>An object for each row, on a line of its own.</summary>
    Json,
}
