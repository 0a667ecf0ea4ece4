using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace ChatAkka.Chaos.Load;

/// <summary>Writes lines to a socket without waiting for it; what gathers meanwhile goes at once. Any thread may write.</summary>
internal sealed class LineWriter(Socket socket)
{
    private const int MostUnwritten = 64 * 1024;
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _unwritten = new();
    private bool _isWriting;

    /// <summary>True where so much waits to be written that no chat should be added.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
                return _unwritten.WrittenCount > MostUnwritten;
        }
    }

    /// <summary>Writes a line.</summary>
    public void Write(string line)
    {
        lock (_gate)
        {
            Encoding.UTF8.GetBytes(line, _unwritten);
            _unwritten.Write("\n"u8);
            if (_isWriting)
                return;
            _isWriting = true;
        }

        _ = WriteAllAsync();
    }

    private async Task WriteAllAsync()
    {
        var spare = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                ArrayBufferWriter<byte> full;
                lock (_gate)
                {
                    if (_unwritten.WrittenCount == 0)
                    {
                        _isWriting = false;
                        return;
                    }

                    (full, _unwritten) = (_unwritten, spare);
                }

                for (var rest = full.WrittenMemory; !rest.IsEmpty;)
                    rest = rest[await socket.SendAsync(rest)..];
                full.ResetWrittenCount();
                spare = full;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The reading side sees the end as well, and says so.
        }
    }
}
