using Akka.Actor;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Palettes;

/// <summary><c>log</c>: what this process logs.</summary>
internal sealed class LogPalette() : CommandPaletteHandler(new CommandPalette(
    "log",
    "Log of this process.",
    new CommandDefinitionBuilder().WithName(Tail).WithDescription("Shows log lines as they come, until Ctrl-C.").WithArgument(LevelArgument).Streams().Build(),
    new CommandDefinitionBuilder().WithName(Peek).WithDescription("Shows the last log lines.").WithArgument(LevelArgument)
        .WithArgument(a => a.WithName("count").WithSwitch("-n").WithSwitch("--count").WithDefaultValue("50").WithDescription("How many, 1 to 1000."))
        .Build(),
    new CommandDefinitionBuilder().WithName(Log).WithDescription("Writes a line into the log, to mark a moment.").WithArgument(LevelArgument)
        .WithArgument(a => a.WithName("text").IsMandatory(true).TakesRest().WithDescription("The line."))
        .Build()))
{
    public const string Tail = "tail";
    public const string Peek = "peek";
    public const string Log = "log";

    public override Props HandlerProps => Props.Create(() => new LogPaletteActor(Palette));

    private static ArgumentBuilder LevelArgument(ArgumentBuilder a) => a.WithName("level").WithSwitch("-l").WithSwitch("--level")
        .WithDefaultValue("info").WithDescription("The lowest level that is shown, or the level of the line that is written: debug, info, warning or error.");
}
