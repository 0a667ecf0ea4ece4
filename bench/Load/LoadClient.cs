using System.Net.Sockets;
using System.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>One user's connection.</summary>
/// <param name="wire">How to speak.</param>
/// <param name="name">The user's name.</param>
/// <param name="acks">True to acknowledge what was read, once for each read.</param>
internal sealed class LoadClient(IWire wire, string name, bool acks) : IDisposable
{
    private static readonly TimeSpan s_loginPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long the server may take to close a connection whose client has said all.</summary>
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(2);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly TaskCompletionSource<long> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Utf8Buffer _out = new();
    private byte[] _in = new byte[4096];
    private bool _sending;
    private Task _sent = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;

    public string Name => name;

    /// <summary>Called for each chat's line; on the thread that reads.</summary>
    public Action<ReadOnlyMemory<byte>>? OnMessage { get; set; }

    /// <summary>Called for each receipt, and for each error that stands in its place.</summary>
    public Action<WireLine>? OnAnswer { get; set; }

    /// <summary>Called when all lines of a read were handled: now what they caused may be sent.</summary>
    public Action? OnReadDone { get; set; }

    /// <summary>Called when a line says that something was refused, with the line.</summary>
    public Action<string>? OnError { get; set; }

    /// <summary>True where the server closed the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Divides HOST:PORT.</summary>
    public static (string Host, int Port) Split(string address)
    {
        var colon = address.LastIndexOf(':');
        return (address[..colon], int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Connects and logs in.</summary>
    /// <returns>How many messages wait.</returns>
    public async Task<long> LoginAsync(string address)
    {
        var (host, port) = Split(address);
        await _socket.ConnectAsync(host, port);
        lock (_gate)
            wire.Login(_out, name, acks);
        _reading = ReadAsync();
        Flush();
        return await _ready.Task.WaitAsync(s_loginPatience);
    }

    /// <summary>Adds a chat to what <see cref="Flush"/> sends.</summary>
    public void Add(string recipient, ReadOnlySpan<byte> content, long number)
    {
        lock (_gate)
            wire.Chat(_out, recipient, content, number);
    }

    /// <summary>Sends what was added, unless that is under way: then it goes next.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_sending || _out.Length == 0)
                return;
            _sending = true;
        }

        _sent = SendAsync();
    }

    /// <summary>Sends what was added, and waits until the server has handled it and closed the connection.</summary>
    public async Task CloseAsync()
    {
        Flush();
        await _sent;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            await _reading.WaitAsync(s_closePatience);
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
        }

        Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> bytes;
                lock (_gate)
                {
                    if (_out.Length == 0)
                    {
                        _sending = false;
                        return;
                    }

                    var (array, count) = _out.Detach();
                    bytes = array.AsMemory(0, count);
                }

                while (!bytes.IsEmpty)
                    bytes = bytes[await _socket.SendAsync(bytes)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            IsClosed = true;
        }
    }

    private async Task ReadAsync()
    {
        var used = 0;
        try
        {
            while (await _socket.ReceiveAsync(_in.AsMemory(used)) is > 0 and var count)
            {
                used += count;
                var start = 0;
                ReadOnlyMemory<byte> last = default;
                while (_in.AsSpan(start, used - start).IndexOf((byte)'\n') is >= 0 and var length)
                {
                    if (OnLine(_in.AsMemory(start, length)) == LineKind.Message)
                        last = _in.AsMemory(start, length);
                    start += length + 1;
                }

                if (acks && !last.IsEmpty)
                {
                    lock (_gate)
                        wire.Acknowledge(_out, last.Span);
                    Flush();
                }

                _in.AsSpan(start, used - start).CopyTo(_in);
                used -= start;
                if (used == _in.Length)
                    Array.Resize(ref _in, used * 2);
                OnReadDone?.Invoke();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }

        IsClosed = true;
        _ready.TrySetException(new IOException($"{name} was closed before it was logged in"));
    }

    private LineKind OnLine(ReadOnlyMemory<byte> line)
    {
        WireLine read;
        lock (_gate)
            read = wire.Read(line.Span, _out);
        switch (read.Kind)
        {
            case LineKind.Message:
                OnMessage?.Invoke(line);
                break;
            case LineKind.Delivered or LineKind.Stored:
                OnAnswer?.Invoke(read);
                break;
            case LineKind.Ready:
                _ready.TrySetResult(read.Number);
                break;
            case LineKind.Question:
                Flush();
                break;
            case LineKind.Error:
                OnRefused(read, Encoding.UTF8.GetString(line.Span));
                break;
        }

        return read.Kind;
    }

    private void OnRefused(WireLine read, string line)
    {
        OnError?.Invoke(line);
        if (read.Number != WireLine.NoNumber)
            OnAnswer?.Invoke(read);
        _ready.TrySetException(new IOException($"{name} was refused: {line}"));
    }
}
