using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace ChatAkka.TestSupport;

/// <summary>Stands between clients and a Redis, and holds back the commands that a test names: so a test chooses what happens between
/// two commands of the code that it tests.</summary>
/// <remarks>A command that is held holds back those behind it on its connection, as in a network that stands still. What clients sent is
/// noted when it arrives, also while it is held.</remarks>
public sealed class RedisProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, FreePorts.Next());
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<string> _seen = [];
    private readonly List<Hold> _holds = [];
    private readonly string _target;
    private readonly Task _accepting;

    private RedisProxy(string target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, as HOST:PORT.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>The commands that came, each as its words with spaces between.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_gate)
                return [.. _seen];
        }
    }

    /// <summary>Starts one before a Redis at HOST:PORT.</summary>
    public static RedisProxy Start(string target) => new(target);

    /// <summary>Holds back the next command that <paramref name="matches"/>, given its words with spaces between.</summary>
    public Hold HoldNext(Func<string, bool> matches)
    {
        var hold = new Hold(matches);
        lock (_gate)
            _holds.Add(hold);
        return hold;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                connections.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using (client)
        {
            using var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPEndPoint.Parse(_target), ends.Token);
                var commands = Channel.CreateUnbounded<(byte[] Bytes, Hold? Hold)>();
                Task[] all =
                [
                    ReadAsync(client.GetStream(), commands.Writer, ends.Token),
                    ForwardAsync(commands.Reader, server.GetStream(), ends.Token),
                    server.GetStream().CopyToAsync(client.GetStream(), ends.Token),
                ];
                await Task.WhenAny(all);
                await ends.CancelAsync();
                await Task.WhenAll(all);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One side is gone, and so is the other now.
            }
        }
    }

    private async Task ReadAsync(NetworkStream from, ChannelWriter<(byte[] Bytes, Hold? Hold)> to, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var count = await from.ReadAsync(buffer.AsMemory(length), stop);
            if (count == 0)
                return;
            length += count;
            var start = 0;
            while (TryRead(buffer.AsSpan(start, length - start), out var end, out var words))
            {
                await to.WriteAsync((buffer[start..(start + end)], Note(words)), stop);
                start += end;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private Hold? Note(string words)
    {
        lock (_gate)
        {
            _seen.Add(words);
            var hold = _holds.Find(h => h.Matches(words));
            if (hold is not null)
                _holds.Remove(hold);
            return hold;
        }
    }

    private static async Task ForwardAsync(ChannelReader<(byte[] Bytes, Hold? Hold)> from, NetworkStream to, CancellationToken stop)
    {
        await foreach (var (bytes, hold) in from.ReadAllAsync(stop))
        {
            if (hold is not null)
                await hold.PassAsync().WaitAsync(stop);
            await to.WriteAsync(bytes, stop);
        }
    }

    /// <summary>Reads one command: <c>*2 CRLF $4 CRLF LLEN CRLF $1 CRLF k CRLF</c>, as every client sends it.</summary>
    private static bool TryRead(ReadOnlySpan<byte> bytes, out int end, out string words)
    {
        (end, words) = (0, "");
        if (!TryReadNumber(bytes, ref end, '*', out var count))
            return false;
        var all = new string[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadNumber(bytes, ref end, '$', out var length) || bytes.Length < end + length + 2)
                return false;
            all[i] = Encoding.UTF8.GetString(bytes.Slice(end, length));
            end += length + 2;
        }

        words = string.Join(' ', all);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, ref int at, char kind, out int number)
    {
        number = 0;
        var end = bytes[at..].IndexOf("\r\n"u8);
        if (end < 0)
            return false;
        if (bytes[at] != kind)
            throw new InvalidDataException($"expected {kind}, got {(char)bytes[at]}");
        number = int.Parse(bytes.Slice(at + 1, end - 1), CultureInfo.InvariantCulture);
        at += end + 2;
        return true;
    }

    /// <summary>A command that is held back.</summary>
    public sealed class Hold
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Hold(Func<string, bool> matches) => Matches = matches;

        internal Func<string, bool> Matches { get; }

        /// <summary>Waits until the command is there: what came before it on its connection is with the server, itself not.</summary>
        public Task ReachedAsync() => _reached.Task.WaitAsync(Eventually.Limit);

        /// <summary>Lets the command go on.</summary>
        public void Release() => _released.TrySetResult();

        internal Task PassAsync()
        {
            _reached.TrySetResult();
            return _released.Task;
        }
    }
}
