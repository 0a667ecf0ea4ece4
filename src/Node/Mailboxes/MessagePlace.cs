namespace ChatAkka.Node.Mailboxes;

/// <summary>A message that waits, in the index of its partition: its number, and where its bytes are in the partition's log.</summary>
/// <param name="Number">Number of the message. Numbers of a partition grow and are never used for another message.</param>
/// <param name="Event">Sequence number of the event that holds the message.</param>
/// <param name="Offset">Position of the message in the bytes of the event.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Time">When it was sent, in seconds since 1970, UTC.</param>
/// <param name="Sender">A hash of its sender's name, by which the share of a sender is counted.</param>
internal readonly record struct MessagePlace(long Number, long Event, int Offset, int Length, uint Time, int Sender);
