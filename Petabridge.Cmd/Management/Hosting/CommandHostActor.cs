using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Akka.Event;
using ChatAkka.Management.Commands;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Hosting;

/// <summary>Accepts clients, has the palettes, and starts an actor for each command that runs.</summary>
internal sealed class CommandHostActor : ReceiveActor, IWithTimers
{
    /// <summary>The most commands that one client has running at a time.</summary>
    private const int MostRuns = 16;

    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly ManagementSettings _settings;
    private readonly HostTimings _timings;
    private readonly string _member;
    private readonly byte[] _token;
    private readonly LockOut _lockOut;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, (CommandPalette Palette, IActorRef Handler)> _palettes = new(StringComparer.Ordinal);
    private readonly Dictionary<CommandSession, Client> _clients = [];
    private long _accepted;

    /// <summary>Makes the host.</summary>
    /// <param name="socket">Bound and listening.</param>
    /// <param name="settings">The bounds.</param>
    /// <param name="timings">The times that operators do not set.</param>
    /// <param name="member">Cluster address of this process, for the welcome.</param>
    /// <param name="handlers">The palettes.</param>
    /// <param name="time">The clock.</param>
    public CommandHostActor(
        Socket socket, ManagementSettings settings, HostTimings timings, string member, IReadOnlyList<CommandPaletteHandler> handlers, TimeProvider time)
    {
        _socket = socket;
        _settings = settings;
        _timings = timings;
        _time = time;
        _member = member;
        _token = SHA256.HashData(Encoding.UTF8.GetBytes(settings.Token));
        _lockOut = new LockOut(settings.LockOutAfter, settings.LockOutFor, time);
        foreach (var handler in handlers)
            _palettes.Add(handler.Palette.Name, (handler.Palette, Context.ActorOf(handler.HandlerProps, handler.Palette.Name)));
        Receive<Accepted>(m => OnAccepted(m.Socket));
        Receive<AcceptFailed>(m => _log.Error(m.Cause, "Connections of pbm are no longer accepted, because accepting one failed: this process cannot be managed until it is restarted"));
        Receive<Greeted>(m => OnGreeted(m.Session, m.Hello));
        Receive<Asked>(OnAsked);
        Receive<SessionEnded>(OnEnded);
        Receive<LookForIdle>(_ => OnLookForIdle());
        Receive<RunEnded>(m =>
        {
            if (_clients.TryGetValue(m.Session, out var client) && client.Runs.TryGetValue(m.Id, out var run) && run.Equals(m.Run))
            {
                client.Runs.Remove(m.Id);
                client.AskedAt = _time.GetTimestamp();
            }
        });
    }

    /// <summary>A command that fails is not begun again: it may have been carried out. A palette's actor may; what it does has no end that others
    /// wait for (docs/palettes.md).</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new FailedChild(this);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(LookForIdle), new LookForIdle(), _settings.IdleTimeout / 4);
        _log.Info("Connections of pbm are accepted at {0}", _socket.LocalEndPoint);
        if (_settings.LogPalettes)
            _log.Info("pbm palettes: {0}", string.Join(", ", _palettes.Keys.Order(StringComparer.Ordinal)));
        var (self, socket, pause, time) = (Self, _socket, _timings.AcceptPause, _time);
        _ = Task.Run(() => AcceptAllAsync(socket, self, pause, time));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _socket.Dispose();
        foreach (var session in _clients.Keys)
            session.Abort();
    }

    private static async Task AcceptAllAsync(Socket socket, IActorRef self, TimeSpan pause, TimeProvider time)
    {
        while (true)
        {
            try
            {
                self.Tell(new Accepted(await socket.AcceptAsync().ConfigureAwait(false)));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return;
            }
            catch (SocketException)
            {
                // One that came and went, or no descriptor is left for the moment.
                await Task.Delay(pause, time).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                self.Tell(new AcceptFailed(e));
                return;
            }
        }
    }

    private void OnAccepted(Socket socket)
    {
        var session = new CommandSession(socket, _settings, _timings, _time, Self);

        // Only clients that have said hello count as sessions. If too many have not, the one that has waited longest is closed: a real client says it at once.
        if (_clients.Count(c => !c.Value.IsWelcome) >= _settings.MaxSessions)
        {
            var oldest = _clients.Where(c => !c.Value.IsWelcome).MinBy(c => c.Value.Number).Key;
            _clients.Remove(oldest);
            oldest.Abort();
        }

        _clients.Add(session, new Client(++_accepted, _time.GetTimestamp()));
        _ = Task.Run(session.RunAsync);
    }

    private void OnGreeted(CommandSession session, ClientMessage.Hello hello)
    {
        if (!_clients.TryGetValue(session, out var client))
            return;
        if (_settings.Token.Length > 0 && !IsAllowed(session, hello.Token))
            return;
        if (!hello.Versions.Contains(Frames.Version))
        {
            Refuse(session, RefusalCodes.Version, $"this member speaks version {Frames.Version} of the protocol, and this pbm speaks {string.Join(", ", hello.Versions.Take(8))}");
            return;
        }

        if (_clients.Count(c => c.Value.IsWelcome) >= _settings.MaxSessions)
        {
            Refuse(session, RefusalCodes.Busy, $"{_settings.MaxSessions} pbm clients are connected, and more are not accepted");
            return;
        }

        client.IsWelcome = true;
        client.AskedAt = _time.GetTimestamp();
        session.TryTell(new HostMessage.Welcome(Frames.Version, _member, [.. _palettes.Values.Select(p => p.Palette.Info)]));
    }

    private bool IsAllowed(CommandSession session, string? token)
    {
        if (_lockOut.IsLocked(session.From))
        {
            Refuse(session, RefusalCodes.Locked, $"too many wrong tokens came from {session.From}: try again in {_settings.LockOutFor.TotalSeconds:0} s");
            return false;
        }

        // Digests are of one length, so that the time says nothing of the token's.
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token ?? "")), _token))
        {
            _lockOut.Succeeded(session.From);
            return true;
        }

        if (token is not null)
        {
            _lockOut.Failed(session.From);
            _log.Warning("A pbm client at {0} gave a wrong token", session.From);
        }

        Refuse(session, RefusalCodes.Token, token is null ? "this member requires a token: --token-file FILE" : "the token is wrong");
        return false;
    }

    private static void Refuse(CommandSession session, string code, string reason)
    {
        session.TryTell(new HostMessage.Refused(code, reason));
        session.Close();
    }

    private void OnAsked(Asked asked)
    {
        if (!_clients.TryGetValue(asked.Session, out var client) || !client.IsWelcome)
            return;
        client.AskedAt = _time.GetTimestamp();
        if (asked.Message is ClientMessage.Cancel cancel)
        {
            if (client.Runs.TryGetValue(cancel.Id, out var run))
            {
                Context.Stop(run);
                asked.Session.TryTell(new HostMessage.End(cancel.Id, 0, null));
            }
        }
        else if (asked.Message is ClientMessage.Run wanted)
            Run(asked.Session, client, wanted);
    }

    private void Run(CommandSession session, Client client, ClientMessage.Run wanted)
    {
        if (!_palettes.TryGetValue(wanted.Palette, out var found) || found.Palette.Find(wanted.Command) is not { } definition)
        {
            End(2, $"there is no command '{wanted.Palette} {wanted.Command}' here: help shows the commands");
            return;
        }

        if (Command.TryParse(wanted.Palette, definition.Info, [.. wanted.Arguments.Select(a => a ?? "")], out var problem) is not { } command)
        {
            End(2, problem!);
            return;
        }

        if (client.Runs.Count >= MostRuns || client.Runs.ContainsKey(wanted.Id))
        {
            End(1, client.Runs.ContainsKey(wanted.Id) ? "a command with this id is running" : $"{MostRuns} commands of this client are running, and more are not accepted");
            return;
        }

        var (handler, limit, pause, time, id) = (found.Handler, _settings.AnswerTimeout, _timings.RetryPause, _time, wanted.Id);
        var run = Context.ActorOf(Props.Create(() => new CommandRunActor(id, session, command, handler, limit, pause, time)));
        client.Runs.Add(id, run);
        Context.WatchWith(run, new RunEnded(session, id, run));

        void End(int code, string error) => session.TryTell(new HostMessage.End(wanted.Id, code, error));
    }

    private void OnEnded(SessionEnded ended)
    {
        if (!_clients.Remove(ended.Session, out var client))
            return;
        foreach (var run in client.Runs.Values)
            Context.Stop(run);
    }

    private void OnLookForIdle()
    {
        foreach (var (session, client) in _clients)
        {
            if (client.IsWelcome && client.Runs.Count == 0 && _time.GetElapsedTime(client.AskedAt) >= _settings.IdleTimeout)
                Refuse(session, RefusalCodes.Idle, $"no command came within {_settings.IdleTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>A client said hello.</summary>
    public sealed record Greeted(CommandSession Session, ClientMessage.Hello Hello);

    /// <summary>A client sent a message.</summary>
    public sealed record Asked(CommandSession Session, ClientMessage Message);

    /// <summary>A client has disconnected.</summary>
    public sealed record SessionEnded(CommandSession Session);

    private sealed record Accepted(Socket Socket);

    private sealed record AcceptFailed(Exception Cause);

    private sealed record RunEnded(CommandSession Session, long Id, IActorRef Run);

    private sealed class FailedChild(CommandHostActor host) : OneForOneStrategy(_ => Directive.Restart)
    {
        protected override Directive Handle(IActorRef child, Exception exception)
        {
            foreach (var (session, client) in host._clients)
            {
                foreach (var (id, run) in client.Runs)
                {
                    if (!run.Equals(child))
                        continue;
                    session.TryTell(new HostMessage.End(id, 1, $"the command failed: {exception.GetBaseException().Message}"));
                    return Directive.Stop;
                }
            }

            return host._palettes.Values.Any(p => p.Handler.Equals(child)) ? Directive.Restart : Directive.Stop;
        }
    }

    private sealed record LookForIdle;

    private sealed class Client(long number, long askedAt)
    {
        /// <summary>Rises with each that is accepted.</summary>
        public long Number => number;

        /// <summary>When it last asked for something, or got the last answer.</summary>
        public long AskedAt { get; set; } = askedAt;

        public bool IsWelcome { get; set; }

        public Dictionary<long, IActorRef> Runs { get; } = [];
    }
}
