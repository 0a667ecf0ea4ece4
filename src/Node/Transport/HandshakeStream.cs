namespace ChatAkka.Node.Transport;

/// <summary>The bytes under TLS. During the handshake it takes each step off the thread that polls sockets, and lets only few steps compute at a time: a storm
/// of handshakes slows handshakes, and not the chats of others.</summary>
/// <param name="inner">The bytes of the socket.</param>
/// <param name="computing">As many handshakes as may compute at a time.</param>
internal sealed class HandshakeStream(Stream inner, SemaphoreSlim computing) : Stream
{
    private bool _isShakingHands = true;
    private bool _computes;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The handshake has ended. From now on this only passes bytes.</summary>
    public void EndHandshake()
    {
        _isShakingHands = false;
        Rest();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isShakingHands ? ReadInTurnAsync(buffer, cancellationToken) : inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Waits for bytes without a turn, and for a turn before they are looked at.</summary>
    private async ValueTask<int> ReadInTurnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Rest();
        var count = await inner.ReadAsync(buffer, cancellationToken).AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await computing.WaitAsync(cancellationToken).ConfigureAwait(false);
        _computes = true;
        return count;
    }

    private void Rest()
    {
        if (!_computes)
            return;
        _computes = false;
        computing.Release();
    }
}
