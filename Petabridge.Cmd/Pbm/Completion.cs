using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Client;

/// <summary>Finds what may be typed next: palettes, commands and switches.</summary>
/// <param name="palettes">What the host has.</param>
internal sealed class Completion(IReadOnlyList<PaletteInfo> palettes)
{
    /// <summary>Words that the prompt itself knows.</summary>
    public static readonly IReadOnlyList<string> OwnWords = ["help", "exit", "quit"];

    /// <summary>Gives the words that may stand at the end of what was typed.</summary>
    /// <param name="typed">What was typed, up to where the cursor is.</param>
    /// <returns>Whole words that begin as the last typed one does, in order.</returns>
    public IReadOnlyList<string> Find(string typed)
    {
        var words = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var last = typed.Length == 0 || typed[^1] == ' ' ? "" : words[^1];
        if (last.Length > 0)
            words.RemoveAt(words.Count - 1);
        return [.. Candidates(words).Where(c => c.StartsWith(last, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private IEnumerable<string> Candidates(List<string> before)
    {
        var isHelp = before is ["help", ..];
        var words = isHelp ? before[1..] : before;
        if (words.Count == 0)
            return palettes.Select(p => p.Name).Concat(isHelp ? [] : OwnWords);
        if (palettes.FirstOrDefault(p => p.Name == words[0]) is not { } palette)
            return [];
        if (words.Count == 1)
            return palette.Commands.Select(c => c.Name);
        if (isHelp || palette.Commands.FirstOrDefault(c => c.Name == words[1]) is not { } command)
            return [];
        return command.Arguments.Where(a => a.Switches.Count > 0 && !a.Switches.Any(words.Contains)).SelectMany(a => a.Switches)
            .Concat(words.Contains(Prompt.JsonSwitch) || command.Arguments.Any(a => a.TakesRest) ? [] : [Prompt.JsonSwitch]);
    }
}
