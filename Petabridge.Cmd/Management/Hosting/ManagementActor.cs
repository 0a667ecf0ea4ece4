using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;

namespace ChatAkka.Management.Hosting;

/// <summary>Runs the host while this process has its port, and takes the port over when the process that has it ends.</summary>
/// <remarks>
/// <code>
/// Waiting --the port is free--> Hosting --the host failed--> Waiting
/// </code>
/// A host that fails is never started again in place: its clients are cut off, and another one begins with none.
/// </remarks>
internal sealed class ManagementActor : ReceiveActor, IWithTimers
{
    private readonly ManagementSettings _settings;
    private readonly Func<Socket, Props> _host;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Socket? _socket;

    /// <summary>Makes the actor.</summary>
    /// <param name="socket">Bound and listening; null if another process has the port.</param>
    /// <param name="settings">Where to listen, and how often to try.</param>
    /// <param name="host">Makes the host on a socket.</param>
    public ManagementActor(Socket? socket, ManagementSettings settings, Func<Socket, Props> host)
    {
        _socket = socket;
        _settings = settings;
        _host = host;
        Receive<TryBind>(_ => StartOrWait());
        Receive<Terminated>(_ =>
        {
            _socket = null;
            Wait();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override void PreStart() => StartOrWait();

    private void StartOrWait()
    {
        _socket ??= ManagementEndpoint.TryListen(_settings.Address!, out _);
        if (_socket is { } socket)
            Context.Watch(Context.ActorOf(_host(socket), "host"));
        else
            Wait();
    }

    private void Wait()
    {
        _log.Debug("The pbm port {0} is tried again in {1}", _settings.Address, _settings.TakeOverInterval);
        Timers.StartSingleTimer(nameof(TryBind), new TryBind(), _settings.TakeOverInterval);
    }

    private sealed record TryBind;
}
