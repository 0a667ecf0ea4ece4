using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Hosting;

/// <summary>One client of the host: it says hello and then sends commands, until it disconnects.</summary>
/// <remarks>It reads and writes in two tasks. If a client does not read and <see cref="OutboundFrames"/> is full, streams leave lines out, and other commands wait
/// for a while and then close the connection.</remarks>
/// <param name="socket">The connection; this session's own.</param>
/// <param name="settings">The bounds.</param>
/// <param name="timings">Its time limits.</param>
/// <param name="time">The clock.</param>
/// <param name="host">The <see cref="CommandHostActor"/>, told what the client wants.</param>
internal sealed class CommandSession(Socket socket, ManagementSettings settings, HostTimings timings, TimeProvider time, IActorRef host)
{
    private readonly OutboundFrames _outbound = new(settings.OutboundLimit);
    private readonly CancellationTokenSource _end = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>The address of the client.</summary>
    public IPAddress From { get; } = (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;

    /// <summary>Sends a message to the client. Gives false if there is no space for it.</summary>
    public bool TryTell(HostMessage message) => _outbound.TryAdd(message);

    /// <summary>Ends the session when everything that waits is written.</summary>
    public void Close() => _outbound.Close();

    /// <summary>Ends the session now.</summary>
    public void Abort()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <summary>Serves the client until it disconnects, and then tells the host.</summary>
    public async Task RunAsync()
    {
        try
        {
            socket.NoDelay = true;
            KeepAlive.On(socket);
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var writing = WriteAllAsync(stream);
            await ReadAllAsync(stream).ConfigureAwait(false);
            _outbound.Close();
            _end.CancelAfter(timings.CloseGrace);
            await writing.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or has to go.
        }
        finally
        {
            socket.Dispose();
            host.Tell(new CommandHostActor.SessionEnded(this));
            _end.Dispose();
        }
    }

    private async Task ReadAllAsync(NetworkStream stream)
    {
        try
        {
            if (await ReadHelloAsync(stream).ConfigureAwait(false) is not { } hello)
                return;
            host.Tell(new CommandHostActor.Greeted(this, hello));
            while (await Frames.ReadClientAsync(stream, settings.MaxFrame, _end.Token).ConfigureAwait(false) is { } message)
            {
                if (message is ClientMessage.Hello)
                    throw new FrameException("hello came a second time");
                host.Tell(new CommandHostActor.Asked(this, message));
            }
        }
        catch (FrameException e)
        {
            _outbound.TryAdd(new HostMessage.Refused(RefusalCodes.Frame, e.Message));
        }
    }

    private async Task<ClientMessage.Hello?> ReadHelloAsync(NetworkStream stream)
    {
        using var late = new CancellationTokenSource(settings.HandshakeTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, late.Token);
        try
        {
            return await Frames.ReadClientAsync(stream, settings.MaxFrame, limit.Token).ConfigureAwait(false) switch
            {
                ClientMessage.Hello hello => hello,
                null => null,
                _ => throw new FrameException("the first frame is not hello"),
            };
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            throw new FrameException("no hello came in time");
        }
    }

    private async Task WriteAllAsync(NetworkStream stream)
    {
        while (await _outbound.TakeAsync(_end.Token).ConfigureAwait(false) is { } frame)
            await stream.WriteAsync(frame, _end.Token).ConfigureAwait(false);

        // Nothing more comes from here: the client reads to the end and goes.
        socket.Shutdown(SocketShutdown.Send);
        _end.CancelAfter(timings.CloseGrace);
    }
}
