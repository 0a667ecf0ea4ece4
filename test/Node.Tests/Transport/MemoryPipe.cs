namespace ChatAkka.Node.Tests.Transport;

/// <summary>One direction of a connection in memory: a bounded buffer of bytes, with one writer and one reader.</summary>
internal sealed class MemoryPipe
{
    /// <summary>The most bytes that wait for the reader.</summary>
    public const int Capacity = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[Capacity];
    private int _start;
    private int _count;
    private bool _ended;
    private bool _broken;
    private TaskCompletionSource? _changed;

    /// <summary>True if bytes wait for the reader.</summary>
    public bool HasUnread
    {
        get
        {
            lock (_gate)
                return _count > 0;
        }
    }

    /// <summary>Writes all bytes; waits while the buffer is full.</summary>
    /// <exception cref="IOException">The pipe is broken.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                ThrowIfBroken();
                var taken = Put(bytes.Span);
                bytes = bytes[taken..];
                if (taken > 0)
                    TellChanged();
                if (bytes.IsEmpty)
                    return;
                change = NextChange();
            }

            await change;
        }
    }

    /// <summary>Reads what waits, and waits while there is nothing; 0 if the writer ended the pipe.</summary>
    /// <exception cref="IOException">The pipe is broken.</exception>
    public async Task<int> ReadAsync(Memory<byte> into)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                ThrowIfBroken();
                if (_count > 0)
                {
                    var taken = Get(into.Span);
                    TellChanged();
                    return taken;
                }

                if (_ended)
                    return 0;
                change = NextChange();
            }

            await change;
        }
    }

    /// <summary>The writer writes nothing more. What it wrote can still be read.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            TellChanged();
        }
    }

    /// <summary>Every read and write fails from now on. What was not read is lost.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _broken = true;
            TellChanged();
        }
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(Capacity - _count, bytes.Length);
        for (var i = 0; i < taken; i++)
            _buffer[(_start + _count + i) % Capacity] = bytes[i];
        _count += taken;
        return taken;
    }

    private int Get(Span<byte> into)
    {
        var taken = Math.Min(_count, into.Length);
        for (var i = 0; i < taken; i++)
            into[i] = _buffer[(_start + i) % Capacity];
        _start = (_start + taken) % Capacity;
        _count -= taken;
        return taken;
    }

    private void ThrowIfBroken()
    {
        if (_broken)
            throw new IOException("the connection was reset");
    }

    private Task NextChange() => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void TellChanged()
    {
        _changed?.SetResult();
        _changed = null;
    }
}
