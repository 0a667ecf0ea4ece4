using System.Threading.Channels;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>The bytes of a client that sends when the test says so.</summary>
internal sealed class ClientBytes : Stream
{
    private readonly Channel<byte> _bytes = Channel.CreateUnbounded<byte>();

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The client sends one byte.</summary>
    public void Send() => _bytes.Writer.TryWrite(1).ShouldBeTrue();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var one = await _bytes.Reader.ReadAsync(cancellationToken);
        buffer.Span[0] = one;
        return 1;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
