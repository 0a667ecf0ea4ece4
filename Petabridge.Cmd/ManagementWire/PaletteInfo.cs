namespace ChatAkka.Management.Wire;

/// <summary>A group of commands.</summary>
/// <param name="Name">What is typed first.</param>
/// <param name="Description">What the commands are about, one sentence.</param>
/// <param name="Commands">The commands.</param>
public sealed record PaletteInfo(string Name, string Description, IReadOnlyList<CommandInfo> Commands);
