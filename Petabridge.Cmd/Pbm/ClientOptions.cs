using System.Globalization;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Client;

/// <summary>What <c>pbm</c> was started with.</summary>
/// <param name="Host">Host name or address of the host.</param>
/// <param name="Port">Its port.</param>
/// <param name="Token">Its token; null for none.</param>
/// <param name="Json">True if rows are printed as JSON.</param>
/// <param name="Words">The command; empty for a prompt.</param>
internal sealed record ClientOptions(string Host, int Port, string? Token, bool Json, IReadOnlyList<string> Words)
{
    /// <summary>The environment variable with the token. It is used if no option gives a token.</summary>
    public const string TokenVariable = "PBM_TOKEN";

    /// <summary>What <c>--help</c> shows.</summary>
    public const string Usage = """
        pbm [HOST:PORT] [options] [palette command arguments]

        Manages a ChatAkka cluster through one of its members, 127.0.0.1:9110 if none is named.
        Without a command there is a prompt: Tab completes, Ctrl-C ends a stream, Ctrl-D ends the program.

          pbm help                        what the member can do
          pbm help PALETTE [COMMAND]      what a palette can do, and how to use a command
          pbm cluster show                who is in the cluster
          pbm 10.0.0.2:9110 chat audit    what became of every chat
          pbm certs make DIR HOST…        a certificate authority and certificates for a trial; needs no member
          pbm certs check FILE…           until when certificates are valid; needs no member

        Options, before the command; --json may also stand after it:
          --json             rows as JSON objects, one on each line
          --token TOKEN      the token that the member requires; others may see it in the list of processes
          --token-file FILE  a file that contains the token
          --version          the version of pbm
          --help             this text

        Environment: PBM_TOKEN, the token if neither option is given; NO_COLOR, if set, switches colours off.
        Exit codes: 0 done, 1 failed, 2 used wrongly, 3 no connection.
        """;

    /// <summary>The address of the host, for messages to people.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>Reads the command line.</summary>
    /// <param name="args">What was typed.</param>
    /// <param name="environment">Gives an environment variable.</param>
    /// <param name="problem">What is wrong; null if nothing is.</param>
    public static ClientOptions? TryParse(IReadOnlyList<string> args, Func<string, string?> environment, out string? problem)
    {
        var (host, port, json, i) = ("127.0.0.1", Frames.DefaultPort, false, 0);
        string? token = null;
        string? file = null;
        problem = null;
        if (args.Count > 0 && TryParseAddress(args[0], out var givenHost, out var givenPort))
            (host, port, i) = (givenHost, givenPort, 1);
        for (; i < args.Count && args[i].StartsWith('-'); i++)
        {
            switch (args[i])
            {
                case "--json":
                    json = true;
                    break;
                case "--token" or "--token-file" when i + 1 >= args.Count:
                    problem = $"{args[i]} needs a value";
                    return null;
                case "--token":
                    token = args[++i];
                    break;
                case "--token-file":
                    file = args[++i];
                    break;
                default:
                    problem = $"there is no option {args[i]}: pbm --help lists the options";
                    return null;
            }
        }

        if (file is not null && token is null && (token = ReadToken(file, out problem)) is null)
            return null;
        return new ClientOptions(host, port, token ?? environment(TokenVariable), json, [.. args.Skip(i)]);
    }

    private static string? ReadToken(string file, out string? problem)
    {
        problem = null;
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"--token-file cannot be read: {e.Message}";
            return null;
        }
    }

    private static bool TryParseAddress(string text, out string host, out int port)
    {
        (host, port) = ("", 0);
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return false;
        (host, port) = (text[..colon].TrimStart('[').TrimEnd(']'), number);
        return Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }
}
