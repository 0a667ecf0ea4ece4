using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos.Load;

/// <summary>One connection of a client, from its login to its end. Everything it sees goes into the history.</summary>
internal sealed class ChatConnection
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_loginLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pingAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_deadAfter = TimeSpan.FromSeconds(4);
    private static int s_lastId;

    private readonly Socket _socket;
    private readonly LoadStatistics _statistics;
    private readonly EventLog _log;
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly LineWriter _writer;
    private int _start;
    private int _end;
    private int _lastNumber;
    private int _unanswered;
    private string _reason = "closed";
    private readonly bool _acks;
    private long _seq;
    private long _acknowledged;

    private ChatConnection(Socket socket, string user, bool acks, string host, EventLog log, LoadStatistics statistics)
    {
        _socket = socket;
        _acks = acks;
        _writer = new LineWriter(socket);
        User = user;
        Host = host;
        _log = log;
        _statistics = statistics;
        Id = Interlocked.Increment(ref s_lastId);
    }

    /// <summary>Number of this connection in the history.</summary>
    public int Id { get; }

    /// <summary>Whose it is.</summary>
    public string User { get; }

    /// <summary>Address of the node.</summary>
    public string Host { get; }

    /// <summary>Done when the connection has ended.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Nodes that the server named when it sent this client elsewhere.</summary>
    public IReadOnlyList<string> Elsewhere { get; private set; } = [];

    /// <summary>Why it ended, or was refused.</summary>
    public string Reason => _reason;

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan RetryAfter { get; private set; }

    /// <summary>True while chats with an id wait for their answer.</summary>
    public bool IsOwedAnswers => Volatile.Read(ref _unanswered) > 0;

    /// <summary>When the latest chat was sent that arrived here.</summary>
    public long ArrivedUpTo { get; private set; }

    /// <summary>When the latest chat was sent that has its receipt.</summary>
    public long ReceiptedUpTo { get; private set; }

    /// <summary>Connects and logs in; where that does not work, gives what can be told of the attempt.</summary>
    public static async Task<(ChatConnection? Connection, ChatConnection? Refused)> TryOpenAsync(
        string address, string user, bool acks, EventLog log, LoadStatistics statistics)
    {
        var endpoint = IPEndPoint.Parse(address);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new ChatConnection(socket, user, acks, endpoint.Address.ToString(), log, statistics);
        var start = Clock.Now;
        try
        {
            using (var limit = new CancellationTokenSource(s_connectLimit))
                await socket.ConnectAsync(endpoint, limit.Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"cmd":"login","name":"{{user}}","format":"json","ack":{{(acks ? "true" : "false")}}}""" + "\n"));
            using (var limit = new CancellationTokenSource(s_loginLimit))
            {
                while (connection.FindLine() is null)
                {
                    if (!await connection.FillAsync(limit.Token))
                        throw new SocketException((int)SocketError.ConnectionReset);
                }
            }

            if (!connection.IsWelcome(connection.NextLine()!.Value))
            {
                statistics.LoginRefused(connection._reason, Clock.Now - start);
                log.Add(new HistoryEvent.LoginFailed(Clock.Now, start, user, connection.Host, connection._reason));
                socket.Dispose();
                return (null, connection);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            connection._reason = $"{(socket.Connected ? "no answer to the login" : "no connection")} after {(Clock.Now - start) / 1e6:F2} s: {e.Message}";
            log.Add(new HistoryEvent.LoginFailed(Clock.Now, start, user, connection.Host, connection._reason));
            socket.Dispose();
            return (null, connection);
        }

        statistics.LoggedIn(Clock.Now - start);
        log.Add(new HistoryEvent.LoggedIn(Clock.Now, connection.Id, user, connection.Host, acks));
        connection.Ended = connection.ReadLoudlyAsync();
        return (connection, null);
    }

    /// <summary>Sends a chat; false where this client is held back.</summary>
    public bool TrySend(string recipient, bool hasId)
    {
        lock (_gate)
        {
            if (_writer.IsFull || Ended.IsCompleted)
                return false;
            var number = ++_lastNumber;
            var now = Clock.Now;
            _log.Add(new HistoryEvent.Sent(now, Id, number, recipient, hasId));
            if (hasId)
                _unanswered++;
            var id = hasId ? $",\"id\":\"{Id}-{number}-{now}\"" : "";
            _writer.Write($$"""{"cmd":"chat","recv":"{{recipient}}","content":"{{Id}}:{{number}}:{{now}}"{{id}}}""");
            return true;
        }
    }

    /// <summary>Ends the connection as a client that goes.</summary>
    public void Abort() => _socket.Dispose();

    private async Task ReadLoudlyAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception e)
        {
            Environment.FailFast("a client failed", e);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            do
            {
                while (NextLine() is { } line)
                    Take(line);
                Acknowledge();
            }
            while (await FillWithPingAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            _reason = e is SocketException s ? s.SocketErrorCode.ToString() : "gave up";
        }

        _log.Add(new HistoryEvent.Ended(Clock.Now, Id, _reason));
        _socket.Dispose();
    }

    /// <summary>Reads more; asks for a sign of life first where it is quiet, and gives up where none comes.</summary>
    private async Task<bool> FillWithPingAsync()
    {
        using var quiet = new CancellationTokenSource(s_pingAfter);
        try
        {
            return await FillAsync(quiet.Token);
        }
        catch (OperationCanceledException)
        {
            _writer.Write("""{"cmd":"ping"}""");
        }

        using var dead = new CancellationTokenSource(s_deadAfter - s_pingAfter);
        return await FillAsync(dead.Token);
    }

    private async Task<bool> FillAsync(CancellationToken limit)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), limit);
        _end += count;
        return count > 0;
    }

    private ReadOnlyMemory<byte>? FindLine()
    {
        var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        return length < 0 ? (ReadOnlyMemory<byte>?)null : _buffer.AsMemory(_start, length);
    }

    private ReadOnlyMemory<byte>? NextLine()
    {
        if (FindLine() is not { } line)
            return null;
        _start += line.Length + 1;
        return line;
    }

    private bool IsWelcome(ReadOnlyMemory<byte> line)
    {
        using var json = JsonDocument.Parse(line);
        if (json.RootElement.TryGetProperty("ok", out _))
            return true;
        TakeError(json.RootElement);
        return false;
    }

    private void Take(ReadOnlyMemory<byte> line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        if (root.TryGetProperty("cmd", out _))
        {
            var (sender, number, sentAt) = Numbers(root.GetProperty("content").GetString()!, ':');
            if (_acks)
                _seq = root.GetProperty("seq").GetInt64();
            _log.Add(new HistoryEvent.Delivered(Clock.Now, Id, sender, number, _acks ? _seq : 0));
            ArrivedUpTo = Math.Max(ArrivedUpTo, sentAt);
            _statistics.Delivered(Clock.Now - sentAt);
        }
        else if (root.TryGetProperty("id", out var id))
        {
            var (_, number, sentAt) = Numbers(id.GetString()!, '-');
            var isReceipt = root.TryGetProperty("receipt", out var receipt);
            _log.Add(new HistoryEvent.Answered(Clock.Now, Id, number, isReceipt ? receipt.GetString()! : root.GetProperty("error").GetString()!));
            Interlocked.Decrement(ref _unanswered);
            if (isReceipt)
                ReceiptedUpTo = Math.Max(ReceiptedUpTo, sentAt);
        }
        else
            TakeError(root);
    }

    private void Acknowledge()
    {
        if (_seq == _acknowledged)
            return;
        _acknowledged = _seq;
        _writer.Write($$"""{"cmd":"ack","seq":{{_seq}}}""");
    }

    private void TakeError(JsonElement root)
    {
        if (!root.TryGetProperty("error", out var error))
            return;
        _reason = error.GetString()!;
        if (root.TryGetProperty("try", out var nodes))
        {
            Elsewhere = [.. nodes.EnumerateArray().Select(n => n.GetString()!)];
            RetryAfter = TimeSpan.FromMilliseconds(root.GetProperty("retry_after_ms").GetInt32());
        }
        else if (root.TryGetProperty("recv", out _))
            _log.Add(new HistoryEvent.Complained(Clock.Now, Id, _reason));
    }

    private static (int Connection, int Number, long SentAt) Numbers(string text, char separator)
    {
        var parts = text.Split(separator);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
