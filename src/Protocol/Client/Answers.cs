namespace ChatAkka.Protocol.Client;

/// <summary>Writes the server's answers: JSON for a JSON command, <c>OK …</c> or <c>ERROR code text</c> for a typed command.</summary>
/// <remarks><c>docs/protocol.md</c> shows each answer.</remarks>
public static class Answers
{
    private const byte TelnetWill = 251;
    private const byte TelnetWont = 252;
    private const byte TelnetEcho = 1;

    /// <summary>The commands that people type.</summary>
    internal const string TypedCommands = "login NAME | chat NAME TEXT | who [NAME] | ping | help | quit";

    /// <summary>Writes the greeting: one line that tells a person how to begin.</summary>
    /// <param name="to">The buffer that the line is appended to.</param>
    /// <param name="node">Address at which clients reach the node.</param>
    public static void Greeting(Utf8Buffer to, string node) =>
        to.Append("OK welcome to ChatAkka at "u8).Append(node).Append("; type login NAME to begin, or help\n"u8);

    /// <summary>Answers a login that succeeded.</summary>
    /// <param name="to">The buffer that the line is appended to.</param>
    /// <param name="json">True for a JSON line, false for a line of text.</param>
    /// <param name="user">The user who logged in.</param>
    /// <param name="node">Address at which clients reach the node.</param>
    /// <param name="waiting">The number of messages that wait; null if the mailbox has not answered yet.</param>
    /// <param name="expiresIn">The seconds until the token ends by which the session is held; null if it is held by none.</param>
    public static void LoggedIn(Utf8Buffer to, bool json, UserName user, string node, long? waiting, long? expiresIn = null)
    {
        if (json)
        {
            to.Append("{\"ok\":\"login\",\"name\":"u8).AppendJson(user.Utf8).Append(",\"node\":"u8).AppendJson(node).Append(",\"waiting\":"u8);
            _ = waiting is { } count ? to.Append(count) : to.Append("null"u8);
            if (expiresIn is { } seconds)
                to.Append(",\"expires_in\":"u8).Append(seconds);
            to.Append("}\n"u8);
        }
        else
        {
            to.Append("OK login "u8).Append(user.Utf8).Append(" node "u8).Append(node).Append(" waiting "u8);
            (waiting is { } count ? to.Append(count) : to.Append("?"u8)).Append("\n"u8);
        }
    }

    /// <summary>Answers <c>renew</c>: the session goes on by a new token.</summary>
    /// <param name="to">The buffer that the line is appended to.</param>
    /// <param name="expiresIn">The seconds until the new token ends.</param>
    public static void Renewed(Utf8Buffer to, long expiresIn) => to.Append("{\"ok\":\"renew\",\"expires_in\":"u8).Append(expiresIn).Append("}\n"u8);

    /// <summary>Answers <c>register</c>: there is an account now.</summary>
    public static void Registered(Utf8Buffer to, bool json, UserName user)
    {
        if (json)
            to.Append("{\"ok\":\"register\",\"name\":"u8).AppendJson(user.Utf8).Append("}\n"u8);
        else
            to.Append("OK register "u8).Append(user.Utf8).Append("\n"u8);
    }

    /// <summary>Asks a person for a password: the terminal stops its echo (telnet option 1, RFC 857: the server says that it echoes, and does not).</summary>
    public static void PasswordPrompt(Utf8Buffer to) => to.Append([TelnetFilter.Iac, TelnetWill, TelnetEcho]).Append("password: "u8);

    /// <summary>Lets the terminal echo again, and begins a new line: the one that ended the password was not shown.</summary>
    public static void EchoAgain(Utf8Buffer to) => to.Append([TelnetFilter.Iac, TelnetWont, TelnetEcho]).Append("\r\n"u8);

    /// <summary>Writes the receipt <c>delivered</c>: a message with an id was handed to the recipient's connection.</summary>
    public static void Delivered(Utf8Buffer to, ReadOnlySpan<byte> id) =>
        to.Append("{\"ok\":\"chat\",\"id\":"u8).Append(id).Append(",\"receipt\":\"delivered\"}\n"u8);

    /// <summary>Writes the receipt <c>stored</c>: a message is stored in the recipient's mailbox.</summary>
    /// <param name="to">The buffer that the line is appended to.</param>
    /// <param name="json">True for a JSON line, false for a line of text.</param>
    /// <param name="id">Id of the message. The answer to a typed message shows the recipient instead.</param>
    /// <param name="recipient">Recipient of the message.</param>
    public static void Stored(Utf8Buffer to, bool json, ReadOnlySpan<byte> id, ReadOnlySpan<byte> recipient)
    {
        if (json)
            to.Append("{\"ok\":\"chat\",\"id\":"u8).Append(id).Append(",\"receipt\":\"stored\"}\n"u8);
        else
            to.Append("OK stored for "u8).AppendSafe(recipient).Append("\n"u8);
    }

    /// <summary>Answers <c>who</c>. <paramref name="node"/> is null if the user is not logged in.</summary>
    public static void Who(Utf8Buffer to, bool json, UserName user, string? node)
    {
        if (json)
        {
            to.Append("{\"ok\":\"who\",\"name\":"u8).AppendJson(user.Utf8);
            if (node is null)
                to.Append(",\"online\":false}\n"u8);
            else
                to.Append(",\"online\":true,\"node\":"u8).AppendJson(node).Append("}\n"u8);
        }
        else if (node is null)
            to.Append("OK who "u8).Append(user.Utf8).Append(" offline\n"u8);
        else
            to.Append("OK who "u8).Append(user.Utf8).Append(" online node "u8).Append(node).Append("\n"u8);
    }

    /// <summary>Answers a ping.</summary>
    public static void Pong(Utf8Buffer to, bool json) => to.Append(json ? "{\"ok\":\"ping\"}\n"u8 : "OK ping\n"u8);

    /// <summary>Answers a logout, before the connection closes.</summary>
    public static void LoggedOut(Utf8Buffer to, bool json) => to.Append(json ? "{\"ok\":\"logout\"}\n"u8 : "OK logout\n"u8);

    /// <summary>Lists the commands.</summary>
    public static void Help(Utf8Buffer to, bool json)
    {
        if (json)
            to.Append("{\"ok\":\"help\",\"commands\":[\"login\",\"renew\",\"chat\",\"ack\",\"who\",\"ping\",\"help\",\"logout\"]}\n"u8);
        else
            to.Append("OK help "u8).Append(TypedCommands).Append("\n"u8);
    }

    /// <summary>Writes an error.</summary>
    /// <param name="to">The buffer that the line is appended to.</param>
    /// <param name="json">True for a JSON line, false for a line of text.</param>
    /// <param name="code">The error code.</param>
    /// <param name="text">A sentence for people; null for the standard one.</param>
    /// <param name="id">Id of the chat that the error is about; empty if there is none.</param>
    /// <param name="recipient">Recipient of the chat that the error is about; empty if there is none.</param>
    public static void Error(
        Utf8Buffer to, bool json, ErrorCode code, string? text = null, ReadOnlySpan<byte> id = default, ReadOnlySpan<byte> recipient = default)
    {
        text ??= code.Text();
        if (!json)
        {
            to.Append("ERROR "u8).Append(code.Wire()).Append(" "u8);
            if (!recipient.IsEmpty)
                to.AppendSafe(recipient).Append(": "u8);
            to.Append(text).Append("\n"u8);
            return;
        }

        to.Append("{\"error\":\""u8).Append(code.Wire()).Append("\",\"text\":"u8).AppendJson(text);
        if (!id.IsEmpty)
            to.Append(",\"id\":"u8).Append(id);
        if (!recipient.IsEmpty)
            to.Append(",\"recv\":"u8).AppendJson(recipient);
        to.Append("}\n"u8);
    }

    /// <summary>Tells a client to connect to another node, because this node is full, draining or closing.</summary>
    /// <param name="to">The buffer that the line is appended to.</param>
    /// <param name="json">True for a JSON line, false for text: like the client's last command, or true if it sent none.</param>
    /// <param name="code">The error code that says why.</param>
    /// <param name="nodes">Addresses of nodes that accept more clients.</param>
    /// <param name="retryAfter">How long the client should wait before it connects, so that not all clients connect at the same time.</param>
    public static void TryElsewhere(Utf8Buffer to, bool json, ErrorCode code, IReadOnlyList<string> nodes, TimeSpan retryAfter)
    {
        if (!json)
        {
            Error(to, json, code, nodes.Count > 0
                ? $"{code.Text()}; connect to {string.Join(" or ", nodes)}"
                : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{code.Text()}; no other takes clients now, try again in {Math.Ceiling(retryAfter.TotalSeconds):0} s"));
            return;
        }

        to.Append("{\"error\":\""u8).Append(code.Wire()).Append("\",\"try\":["u8);
        var first = true;
        foreach (var node in nodes)
        {
            to.Append(first ? ""u8 : ","u8).AppendJson(node);
            first = false;
        }

        to.Append("],\"retry_after_ms\":"u8).Append((long)retryAfter.TotalMilliseconds).Append("}\n"u8);
    }
}
