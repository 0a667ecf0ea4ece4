using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Akka.Configuration;

namespace ChatAkka.Startup;

/// <summary>Reads settings from HOCON and collects every wrong value with its path, so that start-up can list them all at once.</summary>
/// <remarks>HOCON itself reads a missing key as 0 and <c>5</c> as 5 ms without any error. Here a missing key is a problem, and a duration or
/// a size needs a unit.</remarks>
public sealed partial class ConfigReader
{
    private readonly Config _config;
    private readonly List<string> _problems;
    private readonly Config _given;

    /// <summary>Reads from <paramref name="config"/>.</summary>
    /// <param name="config">All layers.</param>
    /// <param name="problems">The problems that were found before.</param>
    /// <param name="given">The layers that the operator wrote; null for none.</param>
    public ConfigReader(Config config, IEnumerable<string>? problems = null, Config? given = null)
    {
        _config = config;
        _given = given ?? Config.Empty;
        _problems = [.. problems ?? []];
    }

    /// <summary>The configuration that this reader reads.</summary>
    public Config Config => _config;

    /// <summary>The problems that were found so far, one line each, with its path.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Ends the start-up if there are problems.</summary>
    /// <exception cref="ConfigException">There are problems. The message lists all of them.</exception>
    public void ThrowIfBad()
    {
        if (_problems.Count > 0)
            throw new ConfigException(_problems);
    }

    /// <summary>True if the operator set a path, and not only a shipped file.</summary>
    public bool IsGiven(string path) => !_given.IsEmpty && _given.HasPath(path);

    /// <summary>Adds a problem with a value.</summary>
    public void Report(string path, string problem) => _problems.Add($"{path}: {problem}");

    /// <summary>Reads a text. A missing key is a problem and gives an empty text.</summary>
    public string Text(string path)
    {
        if (!_config.HasPath(path))
        {
            Report(path, "is missing");
            return "";
        }

        try
        {
            return _config.GetString(path) ?? "";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Report(path, "is not a single value");
            return "";
        }
    }

    /// <summary>Reads a list of texts. A single text counts as a list separated by commas.</summary>
    public IReadOnlyList<string> List(string path)
    {
        if (!_config.HasPath(path))
        {
            Report(path, "is missing");
            return [];
        }

        var value = _config.GetValue(path);
        return value.IsArray()
            ? [.. value.GetStringList()]
            : [.. Text(path).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    /// <summary>Reads a whole number within limits.</summary>
    public int Int(string path, int min, int max)
    {
        var text = Text(path);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        if (_config.HasPath(path))
            Report(path, $"is '{text}', expected a whole number from {min} to {max}");
        return min;
    }

    /// <summary>Reads a size in bytes within limits, for example <c>64KiB</c>, <c>64k</c> or <c>100 B</c>.</summary>
    public int Bytes(string path, int min, int max)
    {
        var text = Text(path);
        var match = SizePattern().Match(text);
        if (match.Success && long.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            var value = number * (match.Groups[2].Value.ToUpperInvariant() switch { "B" => 1, "K" or "KIB" => 1024, _ => 1024 * 1024 });
            if (value >= min && value <= max)
                return (int)value;
        }

        if (_config.HasPath(path))
            Report(path, $"is '{text}', expected a size with its unit (B, KiB, MiB) from {min} B to {max} B");
        return min;
    }

    /// <summary>Reads a duration within limits, for example <c>500ms</c>, <c>30s</c>, <c>10m</c> or <c>1h</c>.</summary>
    public TimeSpan Duration(string path, TimeSpan min, TimeSpan max)
    {
        var text = Text(path);
        if (TryDuration(text, out var value) && value >= min && value <= max)
            return value;
        if (_config.HasPath(path))
            Report(path, $"is '{text}', expected a duration with its unit (ms, s, m, h) from {Show(min)} to {Show(max)}");
        return min;
    }

    /// <summary>Reads a duration or <c>off</c>, which is null.</summary>
    public TimeSpan? DurationOrOff(string path, TimeSpan min, TimeSpan max) =>
        IsOff(path) ? null : Duration(path, min, max);

    /// <summary>Reads a whole number or <c>off</c>, which is null.</summary>
    public int? IntOrOff(string path, int min, int max) => IsOff(path) ? null : Int(path, min, max);

    /// <summary>Reads a size in bytes or <c>off</c>, which is null.</summary>
    public int? BytesOrOff(string path, int min, int max) => IsOff(path) ? null : Bytes(path, min, max);

    /// <summary>Reads a list of IP addresses and networks, for example <c>10.0.0.7</c> and <c>10.1.0.0/16</c>.</summary>
    public IReadOnlyList<IPNetwork> Networks(string path)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in List(path))
        {
            if (IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else if (IPAddress.TryParse(text, out var address))
                networks.Add(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            else
                Report(path, $"has '{text}', expected an IP address, or a network such as 10.1.0.0/16");
        }

        return networks;
    }

    private bool IsOff(string path) => _config.HasPath(path) && Text(path) is "off" or "false";

    /// <summary>Reads a text that must be one of several values.</summary>
    public string Choice(string path, params string[] words)
    {
        var text = Text(path);
        if (words.Contains(text))
            return text;
        if (_config.HasPath(path))
            Report(path, $"is '{text}', expected one of {string.Join(", ", words)}");
        return words[0];
    }

    /// <summary>Reads <c>HOST:PORT</c>.</summary>
    public HostPort Endpoint(string path)
    {
        var text = Text(path);
        if (HostPort.TryParse(text) is { } endpoint)
            return endpoint;
        if (_config.HasPath(path))
            Report(path, $"is '{text}', expected HOST:PORT");
        return new HostPort("127.0.0.1", 0);
    }

    /// <summary>Reads a list of <c>HOST:PORT</c>.</summary>
    public IReadOnlyList<HostPort> Endpoints(string path)
    {
        var endpoints = new List<HostPort>();
        foreach (var text in List(path))
        {
            if (HostPort.TryParse(text) is { Port: > 0 } endpoint)
                endpoints.Add(endpoint);
            else
                Report(path, $"has '{text}', expected HOST:PORT");
        }

        return endpoints;
    }

    private static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        var match = DurationPattern().Match(text);
        if (!match.Success || !double.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => TimeSpan.FromDays(1),
        };
        if (number * unit.TotalDays > 36500)
            return false;
        value = number * unit;
        return true;
    }

    private static string Show(TimeSpan value) => value < TimeSpan.FromSeconds(1) ? $"{value.TotalMilliseconds:0}ms"
        : value < TimeSpan.FromMinutes(2) ? $"{value.TotalSeconds:0}s"
        : value < TimeSpan.FromHours(2) ? $"{value.TotalMinutes:0}m" : $"{value.TotalHours:0}h";

    [GeneratedRegex(@"^(\d{1,12})\s*(B|k|K|KiB|m|M|MiB)$")]
    private static partial Regex SizePattern();

    [GeneratedRegex(@"^(\d{1,9}(?:\.\d+)?)\s*(ms|s|m|h|d)$")]
    private static partial Regex DurationPattern();
}
