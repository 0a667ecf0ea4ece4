namespace ChatAkka.Node.Mailboxes;

/// <summary>An event of a partition's log, as the journal keeps it: what one turn changed in all mailboxes of the partition.</summary>
/// <remarks>The layout is that of <see cref="PartitionTurn"/>. The bytes stay as they are, so the index can say at which position a message is.</remarks>
/// <param name="Bytes">The event.</param>
internal sealed record PartitionEvent(byte[] Bytes);
