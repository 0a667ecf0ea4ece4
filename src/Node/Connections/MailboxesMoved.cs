namespace ChatAkka.Node.Connections;

/// <summary>Tells the reader of a session, through the session's connection, to ask its mailbox again. It is sent when a node left the cluster,
/// because mailboxes of that node start on other nodes and do not know their readers. It is also sent when messages wait that the reader was not told
/// of.</summary>
internal sealed class MailboxesMoved
{
    /// <summary>The one instance.</summary>
    public static readonly MailboxesMoved Instance = new();
}
