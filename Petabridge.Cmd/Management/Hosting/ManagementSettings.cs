using System.Net;
using ChatAkka.Startup;

namespace ChatAkka.Management.Hosting;

/// <summary>How this process can be managed with <c>pbm</c>: the address, the token, the bounds and the time limits.</summary>
/// <param name="Address">The address at which clients connect; null if it is switched off.</param>
/// <param name="IsAsked">True if the operator named the address. Then the process does not start if the port is in use.</param>
/// <param name="Token">The token that clients must give; empty if none is required.</param>
/// <param name="LogPalettes">True if the palettes are logged at the start.</param>
/// <param name="MaxSessions">The most clients at a time that have said hello. As many again may be connected and not have said hello yet.</param>
/// <param name="MaxFrame">The longest frame a client may send, in bytes.</param>
/// <param name="OutboundLimit">The most bytes that wait for one client.</param>
/// <param name="HandshakeTimeout">How long a client may take to say hello.</param>
/// <param name="IdleTimeout">A client that sends no command for this long, and has none running, is closed.</param>
/// <param name="AnswerTimeout">The longest time between two answers of a command that does not stream.</param>
/// <param name="MemberTimeout">How long another member may take to answer the question of a command.</param>
/// <param name="LockOutAfter">After this many wrong tokens an address is locked out.</param>
/// <param name="LockOutFor">How long it is locked out.</param>
/// <param name="TakeOverInterval">Pause between two attempts to take over the port, if another process has it.</param>
public sealed record ManagementSettings(
    HostPort? Address,
    bool IsAsked,
    string Token,
    bool LogPalettes,
    int MaxSessions,
    int MaxFrame,
    int OutboundLimit,
    TimeSpan HandshakeTimeout,
    TimeSpan IdleTimeout,
    TimeSpan AnswerTimeout,
    TimeSpan MemberTimeout,
    int LockOutAfter,
    TimeSpan LockOutFor,
    TimeSpan TakeOverInterval)
{
    private const string Root = "petabridge.cmd";

    /// <summary>How <c>pbm</c> is let in, in a few words, for operators.</summary>
    public string Posture => Address is null ? "off" : (IsLoopback(Address.Host), Token.Length > 0) switch
    {
        (true, false) => "loopback",
        (true, true) => "loopback, token",
        _ => "token",
    };

    /// <summary>Gives what the flag <c>--pbm</c> sets.</summary>
    /// <param name="value"><c>HOST:PORT</c> or <c>off</c>.</param>
    public static IEnumerable<KeyValuePair<string, string>> FromFlag(string value) => HostPort.TryParse(value) is { } address
        ? [new($"{Root}.enabled", "on"), new($"{Root}.host", address.Host), new($"{Root}.port", $"{address.Port}")]
        : value == "off" ? [new($"{Root}.enabled", value)] : [new($"{Root}.port", value)];

    /// <summary>Reads <c>petabridge.cmd</c>.</summary>
    /// <param name="reader">The configuration. It also collects the problems.</param>
    public static ManagementSettings Create(ConfigReader reader)
    {
        var enabled = reader.Choice($"{Root}.enabled", "on", "off") == "on";
        var host = reader.Text($"{Root}.host");
        var port = reader.Int($"{Root}.port", 0, ushort.MaxValue);
        var address = HostPort.TryParse(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}");
        if (address is null)
            reader.Report($"{Root}.host", $"is '{host}', expected a host name or an address");
        var token = ReadToken(reader);
        if (enabled && token.Length == 0 && address is not null && !IsLoopback(address.Host))
            reader.Report($"{Root}.token", $"is needed, because {Root}.host is not a loopback address: anybody who reaches {address} could end this cluster");
        return new ManagementSettings(
            enabled ? address : null,
            reader.IsGiven($"{Root}.host") || reader.IsGiven($"{Root}.port"),
            token,
            reader.Choice($"{Root}.log-palettes-on-startup", "on", "off") == "on",
            reader.Int($"{Root}.max-sessions", 1, 1000),
            reader.Bytes($"{Root}.max-frame", 1024, 1024 * 1024),
            reader.Bytes($"{Root}.outbound-limit", 64 * 1024, 64 * 1024 * 1024),
            reader.Duration($"{Root}.handshake-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            reader.Duration($"{Root}.idle-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            reader.Duration($"{Root}.answer-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
            reader.Duration($"{Root}.member-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            reader.Int($"{Root}.lock-out-after", 1, 1000),
            reader.Duration($"{Root}.lock-out-for", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            reader.Duration($"{Root}.take-over-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)));
    }

    private static string ReadToken(ConfigReader reader)
    {
        var token = reader.Text($"{Root}.token");
        var file = reader.Text($"{Root}.token-file");
        if (file.Length == 0)
            return token;
        if (token.Length > 0)
            reader.Report($"{Root}.token-file", $"and {Root}.token are both set: keep one");
        try
        {
            var text = File.ReadAllText(file).Trim();
            if (text.Length == 0)
                reader.Report($"{Root}.token-file", $"is '{file}', which is empty");
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reader.Report($"{Root}.token-file", $"cannot be read: {e.Message}");
            return "";
        }
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
