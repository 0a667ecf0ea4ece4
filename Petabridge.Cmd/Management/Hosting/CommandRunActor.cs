using Akka.Actor;
using ChatAkka.Management.Commands;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Hosting;

/// <summary>One command that runs: the sender that its handler answers.</summary>
/// <remarks>Stops when the answer is final, when the client cancels or disconnects, or when a command that does not stream gives no answer for too long.
/// If the client has no space for an answer of such a command, the answer waits here, because the handler has made it already. A stream leaves it out.</remarks>
internal sealed class CommandRunActor : ReceiveActor, IWithTimers
{
    /// <summary>Rows of one frame: a frame has to stay below what a client takes.</summary>
    private const int MostRowsInFrame = 100;

    private readonly long _id;
    private readonly CommandSession _session;
    private readonly Command _command;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _retryPause;
    private readonly TimeProvider _time;
    private readonly Queue<HostMessage> _waiting = new();
    private long _lastTold;
    private bool _isDone;
    private bool _hasColumns;
    private bool _isPartial;
    private long _leftOut;

    /// <summary>Makes the actor.</summary>
    /// <param name="id">The client's id of the command.</param>
    /// <param name="session">The client.</param>
    /// <param name="command">The command.</param>
    /// <param name="handler">Does it.</param>
    /// <param name="limit">If the command does not stream: the longest time between two answers.</param>
    /// <param name="retryPause">An answer that the client has no space for is tried again after this pause.</param>
    /// <param name="time">The clock.</param>
    public CommandRunActor(long id, CommandSession session, Command command, IActorRef handler, TimeSpan limit, TimeSpan retryPause, TimeProvider time)
    {
        _id = id;
        _session = session;
        _command = command;
        _limit = limit;
        _retryPause = retryPause;
        _time = time;
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
        Receive<TellAgain>(_ => TellWaiting());
        Receive<ReceiveTimeout>(_ => End($"{command.Palette} {command.Name} did not answer within {limit.TotalSeconds:0.#} s"));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

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
        if (!_command.Definition.Streams)
        {
            _waiting.Enqueue(message);
            if (_waiting.Count > 1)
                return;
            _lastTold = _time.GetTimestamp();
            TellWaiting();
            return;
        }

        if (_leftOut > 0 && _session.TryTell(new HostMessage.Warning(_id, $"{_leftOut} lines were left out: pbm did not read them in time")))
            _leftOut = 0;
        if (!_session.TryTell(message))
            _leftOut++;
    }

    private void TellWaiting()
    {
        while (_waiting.TryPeek(out var next) && _session.TryTell(next))
        {
            _waiting.Dequeue();
            _lastTold = _time.GetTimestamp();
        }

        if (_waiting.Count == 0)
        {
            if (_isDone)
                Context.Stop(Self);
        }
        else if (_time.GetElapsedTime(_lastTold) > _limit)
        {
            _session.Abort();
            Context.Stop(Self);
        }
        else
            Timers.StartSingleTimer(nameof(TellAgain), new TellAgain(), _retryPause);
    }

    private void End(string? error = null, int code = 1)
    {
        if (_isDone)
            return;
        _isDone = true;
        SetReceiveTimeout(null);
        Tell(new HostMessage.End(_id, error is null && !_isPartial ? 0 : code, error));
        if (_waiting.Count == 0)
            Context.Stop(Self);
    }

    private sealed record TellAgain;
}
