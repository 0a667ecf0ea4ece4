using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>Notice to a session that is not the reader of its mailbox any more, although it may still exist: it has to request messages again.
/// If the node does not have the session, it sends the notice back.</summary>
/// <param name="User">The session's user.</param>
/// <param name="Connection">The session's connection.</param>
public sealed record MailboxNudge(string User, long Connection) : InternodeMessage;
