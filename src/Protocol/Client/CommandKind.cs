namespace ChatAkka.Protocol.Client;

/// <summary>The command in a line.</summary>
public enum CommandKind
{
    /// <summary>Nothing: a blank line.</summary>
    None,

    /// <summary>Log in under a name.</summary>
    Login,

    /// <summary>Register an account.</summary>
    Register,

    /// <summary>Go on with the session by a new token.</summary>
    Renew,

    /// <summary>Send a message to a user.</summary>
    Chat,

    /// <summary>Acknowledge all messages up to a number.</summary>
    Ack,

    /// <summary>Ask where a user is.</summary>
    Who,

    /// <summary>Ask the server for an answer, to test the connection.</summary>
    Ping,

    /// <summary>Ask for the list of commands.</summary>
    Help,

    /// <summary>End the session and the connection.</summary>
    Logout,

    /// <summary>The relay command of the seed program. It is always refused (seed defect 7).</summary>
    Forward,
}
