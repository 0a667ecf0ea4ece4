using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatAkka.Load.Abuse;

/// <summary>One abusive client. If the server closes its connection, it comes again at once.</summary>
/// <param name="kind">What it does.</param>
/// <param name="node">The node that it attacks, as HOST:PORT.</param>
/// <param name="from">Its own address; null: any.</param>
internal sealed class Abuser(AbuseKind kind, string node, IPAddress? from)
{
    private const int ChunkBytes = 64 * 1024;
    private const int Names = 100_000;

    /// <summary>How many connections it has at a time, if it does nothing but connect.</summary>
    private const int Parallel = 16;

    private readonly string _run = Guid.NewGuid().ToString("n")[..8];
    private long _sent;
    private long _connections;
    private long _next;

    /// <summary>Bytes that it sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Connections that it began.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    private bool IsBrief => kind is AbuseKind.Logins or AbuseKind.Connects;

    /// <summary>Abuses the node until it is stopped.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, IsBrief ? Parallel : 1).Select(_ => Task.Run(() => ComeAgainAsync(stop), CancellationToken.None)));

    private async Task ComeAgainAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await ComeAsync(socket, stop);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The server closed the connection or refused it, or this is the end.
            }
        }
    }

    private async Task ComeAsync(Socket socket, CancellationToken stop)
    {
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        var (host, port) = LoadClient.Split(node);
        await socket.ConnectAsync(host, port, stop);
        Interlocked.Increment(ref _connections);
        if (kind == AbuseKind.Connects)
            return;
        if (kind is not (AbuseKind.Garbage or AbuseKind.HalfLines))
            await SendAsync(socket, Encoding.UTF8.GetBytes(Login()), stop);
        if (kind == AbuseKind.Logins)
        {
            await socket.ReceiveAsync(new byte[512], stop);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = ReadAllAsync(socket, ended);
        try
        {
            while (true)
                await SendAsync(socket, Chunk(), ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await reading;
        }
    }

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (!bytes.IsEmpty)
        {
            var count = await socket.SendAsync(bytes, stop);
            Interlocked.Add(ref _sent, count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Reads and drops what the server sends, so that this client is not closed because it does not read.</summary>
    private static async Task ReadAllAsync(Socket socket, CancellationTokenSource ended)
    {
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await socket.ReceiveAsync(buffer, ended.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The other side of the same end.
        }

        await ended.CancelAsync();
    }

    private string Login() => kind == AbuseKind.Logins
        ? $"{{\"cmd\":\"login\",\"name\":\"abuse{_run}{Interlocked.Increment(ref _next)}\"}}\n" : $"{{\"cmd\":\"login\",\"name\":\"abuse{_run}\"}}\n";

    private byte[] Chunk()
    {
        if (kind == AbuseKind.HalfLines)
            return [.. Enumerable.Repeat((byte)'x', ChunkBytes)];
        var text = new StringBuilder(ChunkBytes + 256);
        while (text.Length < ChunkBytes)
        {
            _next++;
            text.Append(kind switch
            {
                AbuseKind.Garbage => "{\"cmd\":\"nothing\" this is no JSON\n",
                AbuseKind.OneRecipient => Chat($"away{_run}"),
                AbuseKind.ManyNames => Chat($"away{_run}-{_next % Names}"),
                _ => Chat($"abuse{_run}"),
            });
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string Chat(string recipient) => $"{{\"cmd\":\"chat\",\"recv\":\"{recipient}\",\"content\":\"0123456789012345678901234567890123456789\",\"id\":{_next}}}\n";
}
