using Akka.Actor;
using ChatAkka.Management.Commands;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Hosting;

/// <summary>One command that runs: the sender that its handler answers.</summary>
/// <remarks>Stops when the answer is final, the client cancels or goes, or a command that does not stream says nothing for too long.</remarks>
internal sealed class CommandRunActor : ReceiveActor
{
    /// <summary>Rows of one frame: a frame has to stay below what a client takes.</summary>
    private const int MostRowsInFrame = 500;

    private readonly long _id;
    private readonly CommandSession _session;
    private readonly Command _command;
    private bool _hasColumns;
    private bool _isPartial;
    private long _leftOut;

    /// <summary>Makes the actor.</summary>
    /// <param name="id">The client's id of the command.</param>
    /// <param name="session">The client.</param>
    /// <param name="command">The command.</param>
    /// <param name="handler">Does it.</param>
    /// <param name="limit">So long may pass between two answers, where it does not stream.</param>
    public CommandRunActor(long id, CommandSession session, Command command, IActorRef handler, TimeSpan limit)
    {
        _id = id;
        _session = session;
        _command = command;
        if (!command.Definition.Streams)
            SetReceiveTimeout(limit);
        handler.Tell(command);
        Receive<CommandAnswer.CommandResponse>(m =>
        {
            if (m.Line.Length > 0)
                Tell(new HostMessage.Text(id, m.Line));
            if (m.Final)
                End();
        });
        Receive<CommandAnswer.TableResponse>(OnTable);
        Receive<CommandAnswer.WarningResponse>(m =>
        {
            _isPartial = true;
            Tell(new HostMessage.Warning(id, m.Line));
        });
        Receive<CommandAnswer.ErroredCommandResponse>(m => End(m.Reason, m.Misused ? 2 : 1));
        Receive<ReceiveTimeout>(_ => End($"{command.Palette} {command.Name} did not answer within {limit.TotalSeconds:0.#} s"));
    }

    private void OnTable(CommandAnswer.TableResponse table)
    {
        if (!_hasColumns)
        {
            _hasColumns = true;
            Tell(new HostMessage.Table(_id, table.Columns, table.Piped));
        }

        foreach (var rows in table.Rows.Chunk(MostRowsInFrame))
            Tell(new HostMessage.Rows(_id, rows));
        if (table.Final)
            End();
    }

    private void Tell(HostMessage message)
    {
        if (_leftOut > 0 && _session.TryTell(new HostMessage.Warning(_id, $"{_leftOut} lines were left out: pbm did not read them in time")))
            _leftOut = 0;
        if (_session.TryTell(message))
            return;
        if (_command.Definition.Streams)
            _leftOut++;
        else
            _session.Abort();
    }

    private void End(string? error = null, int code = 1)
    {
        Tell(new HostMessage.End(_id, error is null && !_isPartial ? 0 : code, error));
        Context.Stop(Self);
    }
}
