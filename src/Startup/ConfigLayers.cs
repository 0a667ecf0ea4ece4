using System.Collections;
using Akka.Configuration;

namespace ChatAkka.Startup;

/// <summary>Combines the layers of the configuration. From the highest: command line, environment, <c>--config</c> file, shipped files.</summary>
/// <remarks>The code combines them, because HOCON substitutions do not work across files and <c>include</c> does not work in parsed text.</remarks>
public static class ConfigLayers
{
    /// <summary>Prefix of the environment variables that set a path. For example, <c>CHATAKKA__CHAT__LISTENER__LOGIN_TIMEOUT</c> sets
    /// <c>chat.listener.login-timeout</c>.</summary>
    public const string EnvironmentPrefix = "CHATAKKA__";

    private const string Folder = "hocon";

    private static readonly string[] s_ours = ["chat", "petabridge"];

    /// <summary>Loads the layers.</summary>
    /// <param name="shipped">Names of the shipped files. An earlier file overrides a later one.</param>
    /// <param name="file">The operator's file; null for none.</param>
    /// <param name="environment">The environment variables, in the form of <see cref="Environment.GetEnvironmentVariables()"/>.</param>
    /// <param name="flags">Paths and values that the command line sets.</param>
    /// <returns>A reader for all layers. It already contains the problems of unreadable layers and of unknown paths.</returns>
    public static ConfigReader Load(
        IEnumerable<string> shipped, string? file, IDictionary environment, IEnumerable<KeyValuePair<string, string>> flags)
    {
        var problems = new List<string>();
        var reference = Layer(shipped.Select(ReadShipped));
        var config = Layer(
            Set(flags, "command line", problems)
                .Concat(Set(FromEnvironment(environment), "environment", problems))
                .Append(file is null ? Config.Empty : ReadFile(file, problems)));
        problems.AddRange(UnknownPaths(config, reference));
        return new ConfigReader(Layer([config, reference]), problems, config);
    }

    /// <summary>Combines layers; an earlier one overrides a later one. Empty layers are left out: Akka.NET has one instance for all empty
    /// configurations, and does not accept a configuration as its own fallback.</summary>
    private static Config Layer(IEnumerable<Config> layers) => layers
        .Where(layer => !layer.IsEmpty)
        .Aggregate(Config.Empty, (all, next) => all.IsEmpty ? next : all.WithFallback(next));

    private static Config ReadShipped(string name) =>
        ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, Folder, name)));

    private static Config ReadFile(string path, List<string> problems)
    {
        try
        {
            var text = File.ReadAllText(path);
            if (HoconCheck.Find(text) is not { } problem)
                return ConfigurationFactory.ParseString(text);
            problems.Add($"--config {path}: {problem}");
            return Config.Empty;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problems.Add($"--config {path}: {e.Message.ReplaceLineEndings(" ")}");
            return Config.Empty;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> FromEnvironment(IDictionary environment)
    {
        foreach (DictionaryEntry entry in environment)
        {
            if (entry.Key is string key && key.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
            {
                var path = key[EnvironmentPrefix.Length..].Replace("__", ".", StringComparison.Ordinal).Replace('_', '-').ToLowerInvariant();
                yield return new(path, entry.Value as string ?? "");
            }
        }
    }

    private static List<Config> Set(IEnumerable<KeyValuePair<string, string>> values, string source, List<string> problems)
    {
        var layers = new List<Config>();
        foreach (var (path, value) in values)
        {
            try
            {
                // A list is written as in a HOCON file. Everything else is taken as one text.
                if (value.StartsWith('[') && HoconCheck.Find(value) is { } problem)
                {
                    problems.Add($"{path}: cannot be read from the {source} ({problem})");
                    continue;
                }

                var text = value.StartsWith('[') ? value : "\"" + value.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
                layers.Add(ConfigurationFactory.ParseString($"{path} = {text}"));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                problems.Add($"{path}: cannot be read from the {source} ({e.Message.ReplaceLineEndings(" ")})");
            }
        }

        return layers;
    }

    /// <summary>Finds paths below <c>chat</c> and <c>petabridge</c> that no shipped file has. They are probably misspelt; HOCON would ignore them.</summary>
    private static IEnumerable<string> UnknownPaths(Config config, Config reference) => config.IsEmpty
        ? []
        : config.AsEnumerable()
            .Where(pair => s_ours.Contains(pair.Key))
            .SelectMany(pair => Leaves(pair.Key, pair.Value))
            .Where(path => !reference.HasPath(path))
            .Select(path => $"{path}: no such setting");

    private static IEnumerable<string> Leaves(string path, Akka.Configuration.Hocon.HoconValue value) => value.IsObject()
        ? value.GetObject().Items.SelectMany(item => Leaves($"{path}.{item.Key}", item.Value))
        : [path];
}
