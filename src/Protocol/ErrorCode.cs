namespace ChatAkka.Protocol;

/// <summary>Every error a client can be told. The wire form is the name in snake case; <c>docs/protocol.md</c> lists them all.</summary>
/// <remarks>Numbers travel between nodes of different versions: never reuse one.</remarks>
public enum ErrorCode : byte
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The line is longer than the limit; it was skipped to its end.</summary>
    LineTooLong = 1,

    /// <summary>The line is not valid UTF-8.</summary>
    BadUtf8 = 2,

    /// <summary>The line starts with <c>{</c> and is not one JSON object.</summary>
    BadJson = 3,

    /// <summary>A field is missing, of the wrong type or out of range; the text names it.</summary>
    BadField = 4,

    /// <summary>No such command.</summary>
    UnknownCommand = 5,

    /// <summary>The name breaks the rules of <see cref="UserName"/>.</summary>
    BadName = 6,

    /// <summary>The command needs a login first.</summary>
    NotLoggedIn = 7,

    /// <summary>This connection is logged in already.</summary>
    AlreadyLoggedIn = 8,

    /// <summary>The user is logged in elsewhere and the server is set to refuse a second login.</summary>
    NameTaken = 9,

    /// <summary>The command is not for clients, or speaks for somebody else.</summary>
    Forbidden = 10,

    /// <summary>The recipient is not logged in anywhere.</summary>
    RecipientOffline = 11,

    /// <summary>The session registry cannot be reached, so a login or an unknown place cannot be settled now.</summary>
    RegistryUnavailable = 12,

    /// <summary>The same user logged in on another connection; this one is closed.</summary>
    Replaced = 13,

    /// <summary>The client does not read what is sent to it; the connection is closed.</summary>
    SlowConsumer = 14,

    /// <summary>No login within the time limit; the connection is closed.</summary>
    LoginTimeout = 15,

    /// <summary>Nothing was received within the idle limit; the connection is closed.</summary>
    IdleTimeout = 16,

    /// <summary>The node has no space for another connection; it names nodes that have.</summary>
    ServerFull = 17,

    /// <summary>The node is shutting down; it names nodes that take more clients.</summary>
    ServerClosing = 18,

    /// <summary>The feature is known and switched off on this server.</summary>
    Unsupported = 19,

    /// <summary>The server failed while it handled the command.</summary>
    Internal = 20,

    /// <summary>The node lost its place in the cluster and stops; it names nodes that took more clients.</summary>
    CutOff = 21,

    /// <summary>The recipient's mailbox takes no more until some of it is read.</summary>
    MailboxFull = 22,

    /// <summary>The recipient's mailbox did not answer in time; the message may or may not be in it. The same id can be sent again.</summary>
    MailboxUnavailable = 23,

    /// <summary>An operator ended the session; the connection is closed.</summary>
    Kicked = 24,
}
