using Akka.Actor;

namespace ChatAkka.Management.Commands;

/// <summary>A palette and the actor that does its commands.</summary>
/// <param name="palette">The palette.</param>
public abstract class CommandPaletteHandler(CommandPalette palette)
{
    /// <summary>The palette.</summary>
    public CommandPalette Palette => palette;

    /// <summary>Makes the actor; it is a <see cref="CommandHandlerActor"/>.</summary>
    public abstract Props HandlerProps { get; }
}
