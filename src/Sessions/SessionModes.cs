namespace ChatAkka.Sessions;

/// <summary>Delivery modes as they are written in the registry.</summary>
public static class SessionModes
{
    /// <summary>Messages are handed to the connection and not kept.</summary>
    public const string Plain = "plain";

    /// <summary>Messages go through the mailbox and stay there until the client acknowledges them.</summary>
    public const string Ack = "ack";
}
