using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>How much a mailbox holds.</summary>
/// <param name="Waiting">The number of messages that wait.</param>
/// <param name="Bytes">The size of these messages, in bytes.</param>
/// <param name="Last">Number of the last message that waits; 0 if none waits.</param>
/// <param name="Reader">The session that reads the mailbox; null if there is none.</param>
public sealed record MailboxDepth(long Waiting, long Bytes, long Last, ReaderId? Reader) : InternodeMessage;
