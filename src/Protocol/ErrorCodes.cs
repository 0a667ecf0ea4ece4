namespace ChatAkka.Protocol;

/// <summary>The form that clients see, and the standard text, of each <see cref="ErrorCode"/>.</summary>
public static class ErrorCodes
{
    private static readonly (ErrorCode Code, string Wire, string Text)[] s_all =
    [
        (ErrorCode.LineTooLong, "line_too_long", "the line is too long"),
        (ErrorCode.BadUtf8, "bad_utf8", "the line is not valid UTF-8"),
        (ErrorCode.BadJson, "bad_json", "the line is not one JSON object"),
        (ErrorCode.BadField, "bad_field", "a field is missing or wrong"),
        (ErrorCode.UnknownCommand, "unknown_command", "no such command; type help"),
        (ErrorCode.BadName, "bad_name", UserName.Rule),
        (ErrorCode.NotLoggedIn, "not_logged_in", "log in first"),
        (ErrorCode.AlreadyLoggedIn, "already_logged_in", "this connection is logged in already"),
        (ErrorCode.NameTaken, "name_taken", "this name is logged in elsewhere"),
        (ErrorCode.Forbidden, "forbidden", "not allowed"),
        (ErrorCode.RecipientOffline, "recipient_offline", "the recipient is not logged in"),
        (ErrorCode.RegistryUnavailable, "registry_unavailable", "the session registry cannot be reached; try again"),
        (ErrorCode.Replaced, "replaced", "this user logged in on another connection"),
        (ErrorCode.SlowConsumer, "slow_consumer", "this connection does not read what is sent to it"),
        (ErrorCode.LoginTimeout, "login_timeout", "no login in time"),
        (ErrorCode.IdleTimeout, "idle_timeout", "nothing received for too long"),
        (ErrorCode.ServerFull, "server_full", "this server is full"),
        (ErrorCode.ServerClosing, "server_closing", "this server takes no more clients"),
        (ErrorCode.Unsupported, "unsupported", "switched off on this server"),
        (ErrorCode.Internal, "internal", "the server failed to handle this"),
        (ErrorCode.CutOff, "cut_off", "this server was cut off from the others"),
        (ErrorCode.MailboxFull, "mailbox_full", "the recipient's mailbox is full"),
        (ErrorCode.MailboxUnavailable, "mailbox_unavailable", "the recipient's mailbox does not answer; send the same id again"),
        (ErrorCode.Kicked, "kicked", "an operator ended this session"),
        (ErrorCode.BadToken, "bad_token", "this token is not valid here"),
        (ErrorCode.TokenExpired, "token_expired", "the token has ended; log in with a new one"),
        (ErrorCode.TokenRevoked, "token_revoked", "the token was revoked"),
        (ErrorCode.AuthRequired, "auth_required", "a name alone is not enough to log in here"),
        (ErrorCode.Busy, "busy", "too many logins are under way; try again"),
        (ErrorCode.NameNotAllowed, "name_not_allowed", "nobody may have this name"),
        (ErrorCode.RateLimited, "rate_limited", "too much at a time; try again later"),
        (ErrorCode.TooManyFromAddress, "too_many_from_address", "too many connections from your address; try again later"),
        (ErrorCode.LoginFailed, "login_failed", "the name or the password is wrong"),
        (ErrorCode.TooManyFailures, "too_many_failures", "too many logins failed; wait and try again"),
        (ErrorCode.AccountClosed, "account_closed", "an operator closed this account"),
        (ErrorCode.AccountExists, "account_exists", "there is an account of this name"),
        (ErrorCode.PasswordChanged, "password_changed", "this account has another password now"),
    ];

    /// <summary>All codes with the form that clients see and the standard text, in the order of the numbers.</summary>
    public static IReadOnlyList<(ErrorCode Code, string Wire, string Text)> All => s_all;

    /// <summary>The form that clients see, for example <c>recipient_offline</c>.</summary>
    public static string Wire(this ErrorCode code) => s_all[(int)code - 1].Wire;

    /// <summary>A sentence for people, without the code.</summary>
    public static string Text(this ErrorCode code) => s_all[(int)code - 1].Text;

    /// <summary>True for a number that this version knows. A newer node may send others.</summary>
    public static bool IsKnown(byte number) => number >= 1 && number <= s_all.Length;
}
