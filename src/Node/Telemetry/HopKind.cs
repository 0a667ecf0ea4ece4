namespace ChatAkka.Node.Telemetry;

/// <summary>What can happen to a message on a node, in the order in which it does.</summary>
internal enum HopKind : byte
{
    /// <summary>Taken from the connection of its sender.</summary>
    Accepted = 1,

    /// <summary>Came over a link and went back: its recipient is not here.</summary>
    SentBack,

    /// <summary>Put into the recipient's mailbox, which lives here, under a number.</summary>
    Kept,

    /// <summary>Handed from the mailbox to the recipient's connection here.</summary>
    HandedOut,

    /// <summary>Came over a link and was handed to a connection here.</summary>
    Arrived,

    /// <summary>Answered: delivered to a connection.</summary>
    Delivered,

    /// <summary>Answered: kept in a mailbox.</summary>
    Stored,

    /// <summary>Answered with an error.</summary>
    Refused,
}
