using Akka.Actor;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Palettes;

/// <summary><c>actor</c>: which actors there are.</summary>
internal sealed class ActorPalette() : CommandPaletteHandler(new CommandPalette(
    "actor",
    "Actors of this process.",
    Definition(Hierarchy, "Shows the actors below /user."),
    Definition(System, "Shows the actors below /system.")))
{
    public const string Hierarchy = "hierarchy";
    public const string System = "system";

    public override Props HandlerProps => Props.Create(() => new ActorPaletteActor(Palette));

    private static CommandDefinition Definition(string name, string description) => new CommandDefinitionBuilder()
        .WithName(name)
        .WithDescription(description)
        .WithArgument(a => a.WithName("depth").WithSwitch("-d").WithSwitch("--depth").WithDefaultValue("4").WithDescription("Levels to show, 1 to 32."))
        .WithArgument(a => a.WithName("start").WithSwitch("-s").WithSwitch("--start").WithDescription("The path to begin at, for example /user/node."))
        .Build();

    /// <summary>Walks the hierarchy.</summary>
    private sealed class ActorPaletteActor : CommandHandlerActor
    {
        /// <summary>A node with thousands of connections has as many actors: what is beyond this is counted.</summary>
        private const int MostShown = 2000;

        public ActorPaletteActor(CommandPalette palette)
            : base(palette)
        {
            Process(Hierarchy, command => Show(command, "user"));
            Process(System, command => Show(command, "system"));
        }

        private void Show(Command command, string root)
        {
            if (command.Number("depth", 1, 32) is not { } depth)
            {
                Sender.Tell(new CommandAnswer.ErroredCommandResponse($"-d is '{command.Argument("depth")}', expected a whole number from 1 to 32", Misused: true));
                return;
            }

            var path = (command.Argument("start") ?? "/" + root).Trim('/').Split('/');
            var provider = ((ExtendedActorSystem)Context.System).Provider;
            IActorRef? at = path[0] switch
            {
                "user" => provider.Guardian,
                "system" => provider.SystemGuardian,
                _ => null,
            };
            foreach (var name in path.Skip(1))
                at = at is null ? null : ChildrenOf(at).FirstOrDefault(c => c.Path.Name == name);
            if (at is null)
            {
                Sender.Tell(new CommandAnswer.ErroredCommandResponse($"there is no actor /{string.Join('/', path)}"));
                return;
            }

            List<string> lines = [$"/{string.Join('/', path)}"];
            var hidden = 0;
            Walk(at, depth, "  ", lines, ref hidden);
            foreach (var line in lines)
                Sender.Tell(new CommandAnswer.CommandResponse(line, Final: false));
            Sender.Tell(new CommandAnswer.CommandResponse(hidden > 0 ? $"… and {hidden} more" : "", Final: true));
        }

        private static IEnumerable<IActorRef> ChildrenOf(IActorRef actor) =>
            actor is ActorRefWithCell cell ? cell.Children.OrderBy(c => c.Path.Name, StringComparer.Ordinal) : [];

        private static void Walk(IActorRef from, int depth, string indent, List<string> lines, ref int hidden)
        {
            if (depth == 0)
                return;
            foreach (var child in ChildrenOf(from))
            {
                if (lines.Count >= MostShown)
                {
                    hidden++;
                    continue;
                }

                lines.Add(indent + child.Path.Name);
                Walk(child, depth - 1, indent + "  ", lines, ref hidden);
            }
        }
    }
}
