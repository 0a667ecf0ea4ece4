using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Client;

/// <summary>Shows the palettes and commands of a member, which the member has sent.</summary>
/// <param name="palettes">What the host has.</param>
/// <param name="output">Where it is written.</param>
internal sealed class Help(IReadOnlyList<PaletteInfo> palettes, TextWriter output)
{
    /// <summary>Shows help of everything, of a palette, or of a command.</summary>
    /// <param name="words">What stands behind <c>help</c>.</param>
    /// <returns>What is wrong with them; null if nothing is.</returns>
    public string? Show(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            ShowPairs(palettes.Select(p => (p.Name, p.Description)));
            output.WriteLine();
            output.WriteLine("help PALETTE shows the commands of a palette, help PALETTE COMMAND the arguments of a command. At the prompt, ? is help, and quit or exit ends pbm.");
            return null;
        }

        if (palettes.FirstOrDefault(p => p.Name == words[0]) is not { } palette)
            return $"there is no palette '{words[0]}': help lists the palettes";
        if (words.Count == 1)
        {
            output.WriteLine($"{palette.Name}: {palette.Description}");
            output.WriteLine();
            ShowPairs(palette.Commands.Select(c => (c.Name, c.Description)));
            return null;
        }

        if (palette.Commands.FirstOrDefault(c => c.Name == words[1]) is not { } command)
            return $"{palette.Name} has no command '{words[1]}': help {palette.Name} lists its commands";
        output.WriteLine($"{palette.Name} {command.Name}{string.Concat(command.Arguments.Select(a => " " + Usage(a)))}");
        output.WriteLine();
        output.WriteLine($"  {command.Description}");
        if (command.Arguments.Count > 0)
            output.WriteLine();
        ShowPairs(command.Arguments.Select(a => (
            a.Switches.Count > 0 ? string.Join(", ", a.Switches) + (a.IsFlag ? "" : " " + a.Name.ToUpperInvariant()) : a.Name.ToUpperInvariant(),
            a.Description + (a.Default is { } value ? $" Default: {value}." : ""))));
        return null;
    }

    private static string Usage(ArgumentInfo argument)
    {
        var name = argument.Name.ToUpperInvariant() + (argument.TakesRest ? "…" : "");
        var text = argument.Switches.Count == 0 ? name : argument.IsFlag ? argument.Switches[0] : $"{argument.Switches[0]} {name}";
        return argument.IsMandatory ? text : $"[{text}]";
    }

    private void ShowPairs(IEnumerable<(string Name, string Text)> pairs)
    {
        var all = pairs.ToList();
        var width = all.Select(p => p.Name.Length).DefaultIfEmpty().Max();
        foreach (var (name, text) in all)
            output.WriteLine($"  {name.PadRight(width)}  {text}");
    }
}
