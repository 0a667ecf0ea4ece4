using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Commands;

/// <summary>A named group of commands.</summary>
public sealed class CommandPalette
{
    private readonly Dictionary<string, CommandDefinition> _commands;

    /// <summary>Makes a palette.</summary>
    /// <param name="name">What is typed first.</param>
    /// <param name="description">What the commands are about, one sentence.</param>
    /// <param name="commands">The commands, in the order in which help shows them.</param>
    public CommandPalette(string name, string description, params IReadOnlyList<CommandDefinition> commands)
    {
        Info = new PaletteInfo(name, description, [.. commands.Select(c => c.Info)]);
        _commands = commands.ToDictionary(c => c.Name, StringComparer.Ordinal);
    }

    /// <summary>What clients are told of it.</summary>
    public PaletteInfo Info { get; }

    /// <summary>Its name.</summary>
    public string Name => Info.Name;

    /// <summary>Finds a command; null if there is none of that name.</summary>
    public CommandDefinition? Find(string command) => _commands.GetValueOrDefault(command);
}
