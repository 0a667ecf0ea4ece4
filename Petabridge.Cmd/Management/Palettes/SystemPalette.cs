using System.Diagnostics;
using Akka.Actor;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Palettes;

/// <summary><c>system</c>: this process.</summary>
internal sealed class SystemPalette(TimeProvider time) : CommandPaletteHandler(new CommandPalette(
    "system",
    "This process.",
    new CommandDefinitionBuilder().WithName(Uptime).WithDescription("Shows for how long the actor system has run, and since when.").Build()))
{
    public const string Uptime = "uptime";

    public override Props HandlerProps => Props.Create(() => new SystemPaletteActor(Palette, time));

    /// <summary>Answers.</summary>
    private sealed class SystemPaletteActor : CommandHandlerActor
    {
        public SystemPaletteActor(CommandPalette palette, TimeProvider time)
            : base(palette) => Process(Uptime, _ =>
            {
                var up = Context.System.Uptime;
                using var process = Process();
                Sender.Tell(new CommandAnswer.CommandResponse(
                    $"{(int)up.TotalDays} d {up:hh\\:mm\\:ss}, since {time.GetUtcNow().UtcDateTime - up:yyyy-MM-ddTHH:mm:ssZ}, process {process.Id}, {process.WorkingSet64 / (1024 * 1024)} MiB"));
            });

        private static Process Process() => System.Diagnostics.Process.GetCurrentProcess();
    }
}
