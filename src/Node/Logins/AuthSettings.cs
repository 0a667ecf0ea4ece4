using System.Net;
using ChatAkka.Authentication.Tokens;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Node.Logins;

/// <summary>Settings of the authentication of clients and of their names.</summary>
/// <param name="IsOpen">True if a client may log in with a name alone.</param>
/// <param name="Tokens">Which tokens are accepted; null if this node takes none.</param>
/// <param name="Passwords">How passwords are hashed, and who may register; null if this node has no accounts.</param>
/// <param name="RenewGrace">How long after the end of its token a session goes on.</param>
/// <param name="Workers">How many checks run at the same time.</param>
/// <param name="QueueLength">How many checks may wait.</param>
/// <param name="NamesAreSafe">True if names that people would confuse are one name, or refused.</param>
/// <param name="ReservedNames">Names that no client may have.</param>
internal sealed record AuthSettings(
    bool IsOpen,
    TokenSettings? Tokens,
    PasswordSettings? Passwords,
    TimeSpan RenewGrace,
    int Workers,
    int QueueLength,
    bool NamesAreSafe,
    IReadOnlyList<string> ReservedNames)
{
    private const string Mode = "chat.auth.mode";
    private const string Open = "open";
    private const string Token = "token";
    private const string Password = "password";

    /// <summary>Reads <c>chat.auth</c> and <c>chat.names</c>.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="listeners">Where clients connect.</param>
    public static AuthSettings Create(ConfigReader reader, params IReadOnlyList<HostPort> listeners)
    {
        var modes = reader.List(Mode);
        foreach (var mode in modes.Where(m => m is not (Open or Token or Password)))
            reader.Report(Mode, $"has '{mode}', expected one or several of {Open}, {Token}, {Password}");
        if (modes.Count == 0)
            reader.Report(Mode, $"is empty, expected one or several of {Open}, {Token}, {Password}");
        var isOpen = modes.Contains(Open);
        var mayBeOpen = reader.Choice("chat.auth.open-to-network", "off", "on") == "on";
        foreach (var listener in listeners.Where(l => isOpen && !mayBeOpen && IPAddress.TryParse(l.Host, out var address) && !IPAddress.IsLoopback(address)))
        {
            reader.Report(Mode, $"is {Open}, so that everybody who reaches {listener} can be anybody. Set it to {Token} or {Password}, listen on 127.0.0.1, "
                + "or set chat.auth.open-to-network = on if only people whom you trust reach this address");
        }

        var workers = reader.Int("chat.auth.workers", 1, 64);
        var passwords = PasswordSettings.Create(reader, modes.Contains(Password) ? workers : 0, modes.Contains(Token) && modes.Contains(Password));
        var tokens = modes.Contains(Token) ? ReadTokens(reader) : null;
        var grace = reader.Duration("chat.auth.token.renew-grace", TimeSpan.Zero, TimeSpan.FromMinutes(10));

        // Otherwise a token that has just ended would be accepted, replace the user's session, and end the new one at once.
        if (tokens is not null && grace < tokens.ClockSkew)
            reader.Report("chat.auth.token.renew-grace", "must be at least chat.auth.token.clock-skew");
        return new AuthSettings(
            isOpen,
            tokens,
            modes.Contains(Password) ? passwords : null,
            grace,
            workers,
            reader.Int("chat.auth.queue", 1, 100_000),
            reader.Choice("chat.names.policy", "any", "safe") == "safe",
            reader.List("chat.names.reserved"));
    }

    private static TokenSettings? ReadTokens(ConfigReader reader)
    {
        var settings = new TokenSettings(
            Needed(reader, "chat.auth.token.issuer"),
            Needed(reader, "chat.auth.token.audience"),
            reader.List("chat.auth.token.secret-files"),
            reader.List("chat.auth.token.public-key-files"),
            reader.Text("chat.auth.token.jwks-file") is { Length: > 0 } jwks ? jwks : null,
            reader.Duration("chat.auth.token.max-lifetime", TimeSpan.FromMinutes(1), TokenRevocation.Kept - TimeSpan.FromDays(1)),
            reader.Duration("chat.auth.token.clock-skew", TimeSpan.Zero, TimeSpan.FromMinutes(5)));
        if (!settings.Files.Any())
        {
            reader.Report("chat.auth.token", "has no key: set secret-files, public-key-files or jwks-file");
            return null;
        }

        var none = settings with { SecretFiles = [], PublicKeyFiles = [], JwksFile = null };
        foreach (var file in settings.SecretFiles)
            Try(reader, "secret-files", none with { SecretFiles = [file] });
        foreach (var file in settings.PublicKeyFiles)
            Try(reader, "public-key-files", none with { PublicKeyFiles = [file] });
        Try(reader, "jwks-file", none with { JwksFile = settings.JwksFile });
        return settings;
    }

    private static void Try(ConfigReader reader, string name, TokenSettings files)
    {
        try
        {
            KeyFiles.Read(files);
        }
        catch (KeyFileException e)
        {
            reader.Report("chat.auth.token." + name, e.Message);
        }
    }

    private static string Needed(ConfigReader reader, string path)
    {
        var text = reader.Text(path);
        if (text.Length == 0)
            reader.Report(path, "must be set, because chat.auth.mode has token");
        return text;
    }
}
