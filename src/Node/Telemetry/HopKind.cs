namespace ChatAkka.Node.Telemetry;

/// <summary>What can happen to a message on a node. The values are in the order in which these events happen.</summary>
internal enum HopKind : byte
{
    /// <summary>The node took the message from its sender's connection.</summary>
    Accepted = 1,

    /// <summary>The message came over a link and was sent back, because its recipient has no session on this node.</summary>
    SentBack,

    /// <summary>The recipient's mailbox, which runs on this node, has kept the message under a number.</summary>
    Kept,

    /// <summary>The message was handed from the mailbox to the recipient's connection on this node.</summary>
    HandedOut,

    /// <summary>The message came over a link and was handed to the recipient's connection on this node.</summary>
    Arrived,

    /// <summary>The sender was answered: the message was handed to the recipient's connection.</summary>
    Delivered,

    /// <summary>The sender was answered: the message is kept in the recipient's mailbox.</summary>
    Stored,

    /// <summary>The sender was answered with an error.</summary>
    Refused,
}
