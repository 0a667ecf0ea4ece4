using Akka.Actor;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Tests;

/// <summary><c>greet</c>: says hello.</summary>
internal sealed class GreetPalette() : CommandPaletteHandler(new CommandPalette(
    "greet",
    "Says hello.",
    new CommandDefinitionBuilder().WithName(Hello).WithDescription("Greets somebody.")
        .WithArgument(a => a.WithName("name").IsMandatory(true).WithDescription("Whom."))
        .WithArgument(a => a.WithName("times").WithSwitch("-n").WithSwitch("--times").WithDefaultValue("1").WithDescription("How often, 1 to 10."))
        .Build(),
    new CommandDefinitionBuilder().WithName(Count).WithDescription("Counts until Ctrl-C.").Streams().Build()))
{
    public const string Hello = "hello";
    public const string Count = "count";

    public override Props HandlerProps => Props.Create(() => new GreetPaletteActor(Palette));

    /// <summary>Does it.</summary>
    private sealed class GreetPaletteActor : CommandHandlerActor
    {
        public GreetPaletteActor(CommandPalette palette)
            : base(palette)
        {
            Process(Hello, command =>
            {
                if (command.Number("times", 1, 10) is not { } times)
                {
                    Sender.Tell(new CommandAnswer.ErroredCommandResponse("-n: 1 to 10", Misused: true));
                    return;
                }

                for (var i = 1; i < times; i++)
                    Sender.Tell(new CommandAnswer.CommandResponse($"hello {command.Argument("name")}", Final: false));
                Sender.Tell(new CommandAnswer.CommandResponse($"hello {command.Argument("name")}"));
            });
            Process(Count, _ =>
            {
                var client = Sender;
                Context.ActorOf(Props.Create(() => new Counter(client)));
            });
        }
    }

    /// <summary>Counts for one client. The client is an actor that stops when the stream is cancelled.</summary>
    private sealed class Counter : ReceiveActor, IWithTimers
    {
        private int _count;

        public Counter(IActorRef client)
        {
            Context.Watch(client);
            Receive<Terminated>(_ => Context.Stop(Self));
            Receive<string>(_ => client.Tell(new CommandAnswer.TableResponse(["count"], [[++_count]], Final: false)));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", "tick", TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }
}
