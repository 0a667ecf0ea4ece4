using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Client;

/// <summary>Runs commands on a host: the one of the command line, or those that are typed.</summary>
/// <param name="connection">The host.</param>
/// <param name="options">What was asked for.</param>
internal sealed class Prompt(HostConnection connection, ClientOptions options)
{
    /// <summary>Asks for rows as JSON; known by the client alone.</summary>
    public const string JsonSwitch = "--json";

    private readonly IReadOnlyList<PaletteInfo> _palettes = connection.Welcome.Palettes;
    private readonly bool _isTerminal = !Console.IsOutputRedirected;

    /// <summary>Reads commands until there are no more.</summary>
    /// <returns>The highest exit code of what was run from a file; 0 from a terminal.</returns>
    public async Task<int> RunAllAsync()
    {
        if (Console.IsInputRedirected || !_isTerminal)
        {
            var worst = ExitCodes.Ok;
            while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                if (Parse(line) is not { } words)
                    worst = ExitCodes.Usage;
                else if (IsEnd(words))
                    break;
                else if (words.Count > 0)
                    worst = Math.Max(worst, await RunAsync(words).ConfigureAwait(false));
            }

            return worst;
        }

        TerminalSignals.Watch();
        var history = new History(History.DefaultFile(Environment.GetEnvironmentVariable));
        var editor = new LineEditor($"[{options.Address}] pbm> ", new Completion(_palettes), history);
        Console.WriteLine($"{connection.Welcome.Member}: {string.Join(", ", _palettes.Select(p => p.Name))}. help or ? says more, quit or Ctrl-D ends.");
        try
        {
            while (editor.Read() is { } line)
            {
                if (Parse(line) is { Count: > 0 } words)
                {
                    if (IsEnd(words))
                        break;
                    await RunAsync(words).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            history.Save();
        }

        return ExitCodes.Ok;
    }

    /// <summary>Runs one command.</summary>
    /// <param name="words">The command.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        if (words[0] is "help" or "?")
            return new Help(_palettes, Console.Out).Show([.. words.Skip(1)]) is { } unknown ? Complain(unknown) : ExitCodes.Ok;
        if (_palettes.FirstOrDefault(p => p.Name == words[0]) is not { } palette)
            return Complain($"there is no palette '{words[0]}': help lists the palettes");
        if (words.Count == 1)
        {
            new Help(_palettes, Console.Error).Show(words);
            return ExitCodes.Usage;
        }

        if (palette.Commands.FirstOrDefault(c => c.Name == words[1]) is not { } command)
            return Complain($"{palette.Name} has no command '{words[1]}': help {palette.Name} lists its commands");
        var arguments = words.Skip(2).ToList();
        var json = options.Json;

        // If the rest is a text, it belongs to the user.
        if (!command.Arguments.Any(a => a.TakesRest))
            json |= arguments.RemoveAll(a => a == JsonSwitch) > 0;
        if (Secrets.AddTo(arguments, command) is { } problem)
            return Complain(problem);
        using var stop = new CancellationTokenSource();
        void OnCancel(object? sender, ConsoleCancelEventArgs e)
        {
            e.Cancel = true;
            stop.Cancel();
        }

        Console.CancelKeyPress += OnCancel;
        try
        {
            var code = await connection.RunAsync(palette.Name, command, arguments, NewPrinter(json, command.Streams), stop.Token).ConfigureAwait(false);
            return stop.IsCancellationRequested && !command.Streams ? ExitCodes.Failed : code;
        }
        finally
        {
            Console.CancelKeyPress -= OnCancel;
        }
    }

    private Printer NewPrinter(bool json, bool streams) => new(
        Console.Out,
        Console.Error,
        json ? OutputMode.Json : _isTerminal ? OutputMode.Terminal : OutputMode.Piped,
        _isTerminal && !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        streams);

    private static bool IsEnd(IReadOnlyList<string> words) => words is ["exit" or "quit"];

    private IReadOnlyList<string>? Parse(string line)
    {
        var words = Words.TrySplit(line);
        if (words is null)
            Complain("a quotation mark is not closed");
        return words;
    }

    private static int Complain(string problem)
    {
        Console.Error.WriteLine($"error: {problem}");
        return ExitCodes.Usage;
    }
}
