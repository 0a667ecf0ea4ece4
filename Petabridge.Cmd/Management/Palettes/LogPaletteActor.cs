using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Event;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Palettes;

/// <summary>Executes the commands of <see cref="LogPalette"/>; keeps the last lines.</summary>
internal sealed class LogPaletteActor : CommandHandlerActor
{
    /// <summary>The number of lines that are kept.</summary>
    private const int Most = 1000;

    private const int LongestLine = 4000;

    private static readonly string[] s_columns = ["time", "level", "source", "text"];

    private readonly Queue<Line> _last = new();
    private readonly Dictionary<IActorRef, LogLevel> _tails = [];

    public LogPaletteActor(CommandPalette palette)
        : base(palette)
    {
        Process(LogPalette.Tail, command =>
        {
            if (Level(command) is not { } level)
                return;
            _tails[Sender] = level;
            Context.Watch(Sender);
        });
        Process(LogPalette.Peek, OnPeek);
        Process(LogPalette.Log, command =>
        {
            if (Level(command) is not { } level)
                return;
            Context.GetLogger().Log(level, null, "{0}", command.Argument("text")!);
            Sender.Tell(CommandAnswer.CommandResponse.Empty);
        });
        Receive<Terminated>(m => _tails.Remove(m.ActorRef));
        Receive<LogEvent>(OnLogged);
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LogEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void OnLogged(LogEvent logged)
    {
        var text = logged.Message?.ToString() ?? "";
        if (logged.Cause is { } cause)
            text += ": " + cause.GetBaseException().Message;
        text = text.ReplaceLineEndings(" ");
        var line = new Line(logged.LogLevel(), logged.Timestamp, logged.LogSource, text.Length > LongestLine ? text[..LongestLine] + "…" : text);
        _last.Enqueue(line);
        if (_last.Count > Most)
            _last.Dequeue();
        foreach (var (client, level) in _tails)
        {
            if (line.Level >= level)
                client.Tell(new CommandAnswer.TableResponse(s_columns, [Cells(line)], Final: false));
        }
    }

    private void OnPeek(Command command)
    {
        if (Level(command) is not { } level)
            return;
        if (command.Number("count", 1, Most) is not { } count)
        {
            Sender.Tell(new CommandAnswer.ErroredCommandResponse($"-n is '{command.Argument("count")}', expected a whole number from 1 to {Most}", Misused: true));
            return;
        }

        Sender.Tell(new CommandAnswer.TableResponse(s_columns, [.. _last.Where(l => l.Level >= level).TakeLast(count).Select(Cells)]));
    }

    private LogLevel? Level(Command command)
    {
        LogLevel? level = command.Argument("level") switch
        {
            "debug" => LogLevel.DebugLevel,
            "info" => LogLevel.InfoLevel,
            "warning" => LogLevel.WarningLevel,
            "error" => LogLevel.ErrorLevel,
            _ => null,
        };
        if (level is null)
            Sender.Tell(new CommandAnswer.ErroredCommandResponse($"-l is '{command.Argument("level")}', expected debug, info, warning or error", Misused: true));
        return level;
    }

    private static JsonNode?[] Cells(Line line) =>
    [
        Times.Show(line.Time),
        line.Level.ToString()[..^"Level".Length].ToLowerInvariant(),
        line.Source,
        line.Text,
    ];

    private sealed record Line(LogLevel Level, DateTime Time, string Source, string Text);
}
