using Akka.Actor;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Tests;

/// <summary><c>big</c>: an answer that takes more than may wait for a client, by far.</summary>
internal sealed class BigPalette() : CommandPaletteHandler(new CommandPalette(
    "big", "Long answers.", new CommandDefinitionBuilder().WithName("rows").WithDescription("Many rows.").Build()))
{
    public const int Rows = 100_000;

    public override Props HandlerProps => Props.Create(() => new BigPaletteActor(Palette));

    /// <summary>Answers.</summary>
    private sealed class BigPaletteActor : CommandHandlerActor
    {
        public BigPaletteActor(CommandPalette palette)
            : base(palette) => Process("rows", _ => Sender.Tell(new CommandAnswer.TableResponse(
                ["number", "text"], [.. Enumerable.Range(0, Rows).Select(i => new System.Text.Json.Nodes.JsonNode?[] { i, new string('x', 200) })])));
    }
}
