using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatAkka.TestSupport;

/// <summary>A client on a real socket that reads lines.</summary>
public sealed class ChatClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    private ChatClient(Socket socket) => _socket = socket;

    /// <summary>The socket.</summary>
    public Socket Socket => _socket;

    /// <summary>Connects to HOST:PORT.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="receiveBuffer">The size of the socket's buffer; null: as usual.</param>
    /// <param name="from">The client's own address; null: any.</param>
    public static async Task<ChatClient> ConnectAsync(string address, int? receiveBuffer = null, IPAddress? from = null)
    {
        var colon = address.LastIndexOf(':');
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(address[..colon], int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        return new ChatClient(socket);
    }

    /// <summary>Connects and logs in; checks the answer.</summary>
    public static async Task<ChatClient> LoginAsync(string address, string name, string more = "")
    {
        var client = await ConnectAsync(address);
        await client.SendAsync($$"""{"cmd":"login","name":"{{name}}"{{more}}}""");
        var answer = await client.LineAsync();
        return answer.Contains("\"ok\":\"login\"", StringComparison.Ordinal) ? client : throw new InvalidOperationException($"login of {name}: {answer}");
    }

    /// <summary>Sends one line.</summary>
    public Task SendAsync(string line) => SendRawAsync(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>Reads the next line, without its LF.</summary>
    /// <exception cref="EndOfStreamException">The server closed.</exception>
    /// <exception cref="TimeoutException">No line came in time.</exception>
    public async Task<string> LineAsync() => Encoding.UTF8.GetString(await RawLineAsync());

    /// <summary>Reads the next line as bytes, without its LF.</summary>
    public async Task<byte[]> RawLineAsync()
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = _buffer[_start..(_start + end)];
                _start += end + 1;
                return line;
            }

            if (await FillAsync() == 0)
                throw new EndOfStreamException("the server closed the connection");
        }
    }

    /// <summary>True where the server closes without another line.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return _start == _end && await FillAsync() == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Closes with a reset, as a crashed host does.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<int> FillAsync()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
            throw new InvalidDataException("a line of more than 256 KiB");
        using var limit = new CancellationTokenSource(Eventually.Limit);
        try
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), limit.Token);
            _end += count;
            return count;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("no line came");
        }
    }
}
