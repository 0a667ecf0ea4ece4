namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>A file that does not contain the data that was written to it.</summary>
/// <param name="Name">Its name in the data directory.</param>
/// <param name="Offset">Offset at which the damage begins, in bytes.</param>
/// <param name="Bytes">How many bytes are damaged, in whole sectors.</param>
/// <param name="Length">The length of the file in bytes; -1 if it is missing.</param>
internal sealed record DamagedFile(string Name, long Offset, long Bytes, long Length)
{
    /// <inheritdoc/>
    public override string ToString() => Length switch
    {
        < 0 => $"{Name} is missing",
        _ when Length <= Offset => $"{Name} ends after {Length} bytes, {Bytes} more were written",
        _ => $"{Name} is damaged: {Bytes} bytes from offset {Offset} on are not what was written",
    };
}
