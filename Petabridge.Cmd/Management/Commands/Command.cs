using System.Globalization;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Commands;

/// <summary>A command of a client, with its arguments read and checked.</summary>
public sealed class Command
{
    private readonly Dictionary<string, string> _values;

    private Command(string palette, CommandInfo definition, Dictionary<string, string> values)
    {
        Palette = palette;
        Definition = definition;
        _values = values;
    }

    /// <summary>Name of the palette.</summary>
    public string Palette { get; }

    /// <summary>The definition of the command.</summary>
    public CommandInfo Definition { get; }

    /// <summary>Its name.</summary>
    public string Name => Definition.Name;

    /// <summary>Gives an argument's value, or its default if it was not given; null if it has none.</summary>
    public string? Argument(string name) =>
        _values.GetValueOrDefault(name) ?? Definition.Arguments.First(a => a.Name == name).Default;

    /// <summary>True if an argument was given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Gives an argument as a whole number; null if it is not a number or not within the limits.</summary>
    public int? Number(string name, int min, int max) =>
        int.TryParse(Argument(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number : null;

    /// <summary>Reads what was typed behind a command.</summary>
    /// <param name="palette">Name of the palette.</param>
    /// <param name="definition">The definition of the command.</param>
    /// <param name="words">What was typed.</param>
    /// <param name="problem">What is wrong; null if nothing is.</param>
    /// <returns>The command; null if it was used wrongly.</returns>
    public static Command? TryParse(string palette, CommandInfo definition, IReadOnlyList<string> words, out string? problem)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        problem = Read(values, palette, definition, words) ?? FindMissing(values, palette, definition);
        return problem is null ? new Command(palette, definition, values) : null;
    }

    private static string? Read(Dictionary<string, string> values, string palette, CommandInfo definition, IReadOnlyList<string> words)
    {
        var byPlace = new Queue<ArgumentInfo>(definition.Arguments.Where(a => a.Switches.Count == 0));
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            var (name, value) = word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 2 and var at
                ? (word[..at], word[(at + 1)..])
                : (word, null);
            if (definition.Arguments.FirstOrDefault(a => a.Switches.Contains(name)) is { } argument)
            {
                if (!argument.IsFlag && value is null && ++i >= words.Count)
                    return $"{name} needs a value: {argument.Description}";
                if (!values.TryAdd(argument.Name, argument.IsFlag ? "on" : value ?? words[i]))
                    return $"{name} is given twice";
                continue;
            }

            if (word.StartsWith('-') && word.Length > 1 && byPlace.All(a => !a.TakesRest))
                return $"{palette} {definition.Name} has no switch {word}";
            if (!byPlace.TryDequeue(out var next))
                return $"{palette} {definition.Name} has no argument for '{word}'";
            values[next.Name] = next.TakesRest ? string.Join(' ', words.Skip(i)) : word;
            if (next.TakesRest)
                break;
        }

        return null;
    }

    private static string? FindMissing(Dictionary<string, string> values, string palette, CommandInfo definition) =>
        definition.Arguments.FirstOrDefault(a => a.IsMandatory && !values.ContainsKey(a.Name)) is { } missing
            ? $"{palette} {definition.Name} needs {(missing.Switches.Count > 0 ? missing.Switches[0] + " " : "")}{missing.Name.ToUpperInvariant()}: {missing.Description}"
            : null;
}
