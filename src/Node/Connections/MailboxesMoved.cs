namespace ChatAkka.Node.Connections;

/// <summary>Tells the reader of a session to request messages again. It is sent when the partition of the mailbox has a new owner, which does not know
/// its readers, and when the owner took the session for ended.</summary>
internal sealed record MailboxesMoved;
