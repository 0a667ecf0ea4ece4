using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Hosting;

/// <summary>Frames that wait for one client, bounded by bytes. Any thread may add; one task takes.</summary>
/// <param name="limit">The most bytes that wait.</param>
internal sealed class OutboundFrames(int limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _frames = new();
    private readonly SemaphoreSlim _some = new(0);
    private int _bytes;
    private bool _closed;

    /// <summary>Adds a message. Gives false if there is no space for it, or if no more messages are accepted.</summary>
    public bool TryAdd(HostMessage message)
    {
        var frame = Frames.Of(message);
        lock (_gate)
        {
            if (_closed || (_bytes > 0 && _bytes + frame.Length > limit))
                return false;
            _bytes += frame.Length;
            _frames.Enqueue(frame);
        }

        _some.Release();
        return true;
    }

    /// <summary>Accepts no more messages. Those that wait can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
        }

        _some.Release();
    }

    /// <summary>Waits for the next frame; null if no more frames come.</summary>
    public async Task<byte[]?> TakeAsync(CancellationToken stop)
    {
        await _some.WaitAsync(stop).ConfigureAwait(false);
        lock (_gate)
        {
            if (!_frames.TryDequeue(out var frame))
                return null;
            _bytes -= frame.Length;
            return frame;
        }
    }
}
