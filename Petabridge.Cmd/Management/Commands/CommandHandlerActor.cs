using Akka.Actor;
using Akka.Event;

namespace ChatAkka.Management.Commands;

/// <summary>Executes the commands of a palette, one method for each.</summary>
/// <remarks>A method answers <see cref="ActorBase.Sender"/> with <see cref="CommandAnswer"/>s, now or later. The sender of a streaming
/// command stops when the client cancels or goes: watch it. The sender of any other is stopped after its time limit.</remarks>
public abstract class CommandHandlerActor : ReceiveActor
{
    private readonly CommandPalette _palette;
    private readonly Dictionary<string, Action<Command>> _handlers = new(StringComparer.Ordinal);

    /// <summary>Makes the actor; a derived one calls <see cref="Process"/> for each command.</summary>
    /// <param name="palette">The palette.</param>
    protected CommandHandlerActor(CommandPalette palette)
    {
        _palette = palette;
        Receive<Command>(Handle);
    }

    /// <summary>An actor that a handler started for one command is not restarted if it fails: it would execute the command a second time.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>Says which method executes a command.</summary>
    /// <exception cref="ArgumentException">The palette has no such command.</exception>
    protected void Process(string command, Action<Command> handler)
    {
        if (_palette.Find(command) is null)
            throw new ArgumentException($"palette {_palette.Name} has no command {command}");
        _handlers.Add(command, handler);
    }

    private void Handle(Command command)
    {
        if (!_handlers.TryGetValue(command.Name, out var handler))
        {
            Sender.Tell(new CommandAnswer.ErroredCommandResponse($"{_palette.Name} {command.Name} is in the palette, but this member has no code for it"));
            return;
        }

        try
        {
            handler(command);
        }
        catch (Exception e)
        {
            // A command that fails tells its client; the others go on.
            Sender.Tell(new CommandAnswer.ErroredCommandResponse($"{_palette.Name} {command.Name} failed: {e.GetBaseException().Message}"));
            Context.GetLogger().Error(e, "The command {0} {1} of pbm failed; its client was told", _palette.Name, command.Name);
        }
    }
}
