namespace ChatAkka.Sessions;

/// <summary>Delivery modes as they stand in the registry.</summary>
public static class SessionModes
{
    /// <summary>Messages are handed to the connection and forgotten.</summary>
    public const string Plain = "plain";

    /// <summary>Messages go through the mailbox, until the client acknowledges them.</summary>
    public const string Ack = "ack";
}
