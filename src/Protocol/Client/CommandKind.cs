namespace ChatAkka.Protocol.Client;

/// <summary>What a line asks for.</summary>
public enum CommandKind
{
    /// <summary>Nothing: a blank line.</summary>
    None,

    /// <summary>Log in under a name.</summary>
    Login,

    /// <summary>Send a message to a user.</summary>
    Chat,

    /// <summary>Say that deliveries up to a number are done with.</summary>
    Ack,

    /// <summary>Ask where a user is.</summary>
    Who,

    /// <summary>Ask for a sign of life.</summary>
    Ping,

    /// <summary>Ask for the list of commands.</summary>
    Help,

    /// <summary>End the session and the connection.</summary>
    Logout,

    /// <summary>The seed's relay command: always refused (seed defect 7).</summary>
    Forward,
}
