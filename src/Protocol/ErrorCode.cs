namespace ChatAkka.Protocol;

/// <summary>All errors that clients can get. Clients see the name in snake case; <c>docs/protocol.md</c> lists them all.</summary>
/// <remarks>The numbers are sent between nodes of different versions: never reuse one.</remarks>
public enum ErrorCode : byte
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The line is longer than the limit. The whole line was skipped.</summary>
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

    /// <summary>The user is logged in on another connection, and the server is configured to refuse a second login.</summary>
    NameTaken = 9,

    /// <summary>The command is not for clients, or names another user as the sender.</summary>
    Forbidden = 10,

    /// <summary>The recipient is not logged in anywhere.</summary>
    RecipientOffline = 11,

    /// <summary>The session registry cannot be reached. So a login is not possible now, or the recipient's place is not known.</summary>
    RegistryUnavailable = 12,

    /// <summary>The same user logged in on another connection; this one is closed.</summary>
    Replaced = 13,

    /// <summary>The client does not read what is sent to it; the connection is closed.</summary>
    SlowConsumer = 14,

    /// <summary>No login within the time limit; the connection is closed.</summary>
    LoginTimeout = 15,

    /// <summary>Nothing was received within the idle limit; the connection is closed.</summary>
    IdleTimeout = 16,

    /// <summary>The node has reached its cap of connections. It names nodes that accept more clients.</summary>
    ServerFull = 17,

    /// <summary>The node is shutting down or draining. It names nodes that accept more clients.</summary>
    ServerClosing = 18,

    /// <summary>The feature exists but is switched off on this server.</summary>
    Unsupported = 19,

    /// <summary>An internal error happened while the server handled the command.</summary>
    Internal = 20,

    /// <summary>The node was removed from the cluster and stops. It names nodes that last accepted more clients.</summary>
    CutOff = 21,

    /// <summary>The recipient's mailbox is full. It takes no more messages until some are read.</summary>
    MailboxFull = 22,

    /// <summary>The recipient's mailbox did not answer in time. The message may or may not be stored. The client can send it again with the same id.</summary>
    MailboxUnavailable = 23,

    /// <summary>An operator ended the session; the connection is closed.</summary>
    Kicked = 24,

    /// <summary>The token is not valid here: it is no token, its signature is wrong, or it is for another server.</summary>
    BadToken = 25,

    /// <summary>The token has ended. A session that was begun with it is closed if it was not renewed.</summary>
    TokenExpired = 26,

    /// <summary>An operator revoked the token. A session that was begun with it is closed.</summary>
    TokenRevoked = 27,

    /// <summary>A name alone is not enough to log in on this server.</summary>
    AuthRequired = 28,

    /// <summary>Too many logins are under way.</summary>
    Busy = 29,

    /// <summary>No client may have this name: it is reserved, or it could be taken for another one.</summary>
    NameNotAllowed = 30,

    /// <summary>The client does too much: the chat is refused, or the connection is closed.</summary>
    RateLimited = 31,

    /// <summary>Too many connections, or too many new ones, come from the client's address; the connection is closed.</summary>
    TooManyFromAddress = 32,

    /// <summary>There is no such account, the password is wrong, or the account is disabled.</summary>
    LoginFailed = 33,

    /// <summary>Too many logins failed for this account or from this address; the client should wait.</summary>
    TooManyFailures = 34,

    /// <summary>An operator disabled or removed the account; the connection is closed.</summary>
    AccountClosed = 35,

    /// <summary>There is an account of this name already.</summary>
    AccountExists = 36,

    /// <summary>An operator gave the account another password; the connection is closed.</summary>
    PasswordChanged = 37,
}
