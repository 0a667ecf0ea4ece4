using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Commands;

/// <summary>One command of a palette: its name, what it does and what it is given. Made by <see cref="CommandDefinitionBuilder"/>.</summary>
/// <param name="Info">What clients are told of it.</param>
public sealed record CommandDefinition(CommandInfo Info)
{
    /// <summary>What is typed behind the palette's name.</summary>
    public string Name => Info.Name;
}
