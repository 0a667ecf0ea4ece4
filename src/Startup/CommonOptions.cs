using System.CommandLine;

namespace ChatAkka.Startup;

/// <summary>Command line options. Each sets a path of the configuration.</summary>
/// <remarks>The values of options form the top layer of the configuration and are checked with the rest of it.</remarks>
public sealed class CommonOptions
{
    private readonly List<(Option<string> Option, Func<string, IEnumerable<KeyValuePair<string, string>>> Paths)> _options = [];
    private readonly List<(Option<bool> Option, string Path)> _switches = [];
    private readonly Option<string> _file = new("--config") { HelpName = "FILE", Description = "HOCON file over the shipped settings" };
    private readonly RootCommand _command;

    /// <summary>Makes a command line with the options that all programs have.</summary>
    public CommonOptions(string description)
    {
        _command = new RootCommand(description);
        Add("--cluster", "HOST:PORT", "chat.cluster.address", "Where other members reach this one (default 127.0.0.1:4053)");
        Add("--join", "HOST:PORT,…", "chat.cluster.join", "Members to join (default: itself, which starts a cluster)");
        _command.Options.Add(_file);
    }

    /// <summary>Adds an option that sets <paramref name="path"/>.</summary>
    public CommonOptions Add(string name, string valueName, string path, string description) =>
        Add(name, valueName, path, description, value => [new(path, value)]);

    /// <summary>Adds an option that sets several paths.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="valueName">The name of its value in the help text.</param>
    /// <param name="paths">The paths that it sets, for the help text.</param>
    /// <param name="description">The purpose, for the help text.</param>
    /// <param name="set">Gives the paths and their values for a value of the option.</param>
    public CommonOptions Add(
        string name, string valueName, string paths, string description, Func<string, IEnumerable<KeyValuePair<string, string>>> set)
    {
        var option = new Option<string>(name) { HelpName = valueName, Description = $"{description} [{paths}]" };
        _options.Add((option, set));
        _command.Options.Add(option);
        return this;
    }

    /// <summary>Adds an option without a value. It sets <paramref name="path"/> to <c>on</c>.</summary>
    public CommonOptions AddSwitch(string name, string path, string description)
    {
        var option = new Option<bool>(name) { Description = $"{description} [{path}]" };
        _switches.Add((option, path));
        _command.Options.Add(option);
        return this;
    }

    /// <summary>Parses the command line and runs the program. Help, version and wrong usage are answered here.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="run">Runs the program. It gets the path of the configuration file (or null) and the values of options, and gives the exit code.</param>
    public async Task<int> RunAsync(string[] args, Func<string?, IReadOnlyList<KeyValuePair<string, string>>, Task<int>> run)
    {
        _command.SetAction(async (result, _) =>
        {
            var flags = _options
                .Select(o => (o.Paths, Value: result.GetValue(o.Option)))
                .Where(o => o.Value is not null)
                .SelectMany(o => o.Paths(o.Value!))
                .Concat(_switches.Where(s => result.GetValue(s.Option)).Select(s => new KeyValuePair<string, string>(s.Path, "on")))
                .ToList();
            return await run(result.GetValue(_file), flags).ConfigureAwait(false);
        });

        var parsed = _command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            await Console.Error.WriteLineAsync("--help shows the options").ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }

        // The host handles Ctrl-C and SIGTERM: it shuts the cluster member down in order.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }).ConfigureAwait(false);
    }
}
