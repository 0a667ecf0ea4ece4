using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>An operator's question about one mailbox. Answered with <see cref="MailboxDepth"/>.</summary>
/// <param name="User">Name of the mailbox's owner.</param>
public sealed record MailboxQuestion(string User) : InternodeMessage;
