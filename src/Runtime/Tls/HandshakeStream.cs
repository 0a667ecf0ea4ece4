using System.Runtime.CompilerServices;

namespace ChatAkka.Runtime.Tls;

/// <summary>The bytes under TLS. It says on which thread TLS goes on when bytes came.</summary>
/// <remarks>
/// During the handshake that is never a thread that polls sockets, and only a few handshakes compute at a time: a storm of handshakes slows handshakes, and not the
/// chats of others. After the handshake of a client it is the turn of the connection's stage: TLS decrypts, encrypts and ends in the stage alone, one after the
/// other, because the library below is not made for two at a time. After the handshake of a member it is the thread that polls the socket.
/// </remarks>
/// <param name="inner">The bytes of the socket.</param>
/// <param name="computing">As many handshakes as may compute at a time.</param>
/// <param name="time">The clock.</param>
public sealed class HandshakeStream(Stream inner, SemaphoreSlim computing, TimeProvider time) : Stream
{
    private bool _isShakingHands = true;
    private bool _computes;
    private long _waitsSince = -1;
    private Action<Action>? _runInStage;
    private ReadOnlyMemory<byte> _unread;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>How long the handshake has waited for bytes of the client; zero if it does not wait for them now.</summary>
    public TimeSpan Waiting => Volatile.Read(ref _waitsSince) is >= 0 and var since ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Gives back bytes that were read: the next reads get them again.</summary>
    /// <param name="bytes">The bytes. They must not change any more.</param>
    public void Unread(ReadOnlyMemory<byte> bytes) => _unread = bytes;

    /// <summary>The handshake has ended.</summary>
    public void EndHandshake()
    {
        _isShakingHands = false;
        Rest();
    }

    /// <summary>From now on TLS goes on in the turns of a stage.</summary>
    /// <param name="runInStage">Runs an action in the stage, at once or later; never if the stage has ended.</param>
    public void Attach(Action<Action> runInStage) => _runInStage = runInStage;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isShakingHands ? ReadInHandshakeAsync(buffer, cancellationToken) : ReadInStageAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isShakingHands ? inner.WriteAsync(buffer, cancellationToken) : WriteInStageAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Waits for bytes without a place to compute, and for a place before they are looked at.</summary>
    private async ValueTask<int> ReadInHandshakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_unread.Length > 0)
        {
            var part = Math.Min(buffer.Length, _unread.Length);
            _unread[..part].CopyTo(buffer);
            _unread = _unread[part..];
            return part;
        }

        Rest();
        Volatile.Write(ref _waitsSince, time.GetTimestamp());
        var count = await inner.ReadAsync(buffer, cancellationToken).AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Volatile.Write(ref _waitsSince, -1);
        await computing.WaitAsync(cancellationToken).ConfigureAwait(false);
        _computes = true;
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadInStageAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = inner.ReadAsync(buffer, cancellationToken);
        if (read.IsCompleted)
            return await read.ConfigureAwait(false);
        int count;
        try
        {
            count = await read.ConfigureAwait(false);
        }
        catch (IOException)
        {
            await new StageTurn(_runInStage);
            throw;
        }

        await new StageTurn(_runInStage);
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteInStageAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var write = inner.WriteAsync(buffer, cancellationToken);
        if (write.IsCompleted)
        {
            await write.ConfigureAwait(false);
            return;
        }

        await write.ConfigureAwait(false);
        await new StageTurn(_runInStage);
    }

    private void Rest()
    {
        if (!_computes)
            return;
        _computes = false;
        computing.Release();
    }

    /// <summary>What comes after it runs in the stage.</summary>
    private readonly struct StageTurn(Action<Action>? runInStage) : INotifyCompletion
    {
        public bool IsCompleted => runInStage is null;

        public StageTurn GetAwaiter() => this;

        public void OnCompleted(Action continuation) => runInStage!(continuation);

        public void GetResult()
        {
        }
    }
}
