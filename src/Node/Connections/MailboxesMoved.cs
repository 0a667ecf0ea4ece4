namespace ChatAkka.Node.Connections;

/// <summary>Tells the reader of a session, by way of its connection, that its mailbox may not know it: a node left the cluster and mailboxes that were
/// there are started on other nodes, or messages wait that the reader was not told of. The reader asks its mailbox again.</summary>
internal sealed class MailboxesMoved
{
    /// <summary>The one instance.</summary>
    public static readonly MailboxesMoved Instance = new();
}
