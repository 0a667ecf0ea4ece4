namespace ChatAkka.Load;

/// <summary>Logs in as one user and reads what waits.</summary>
internal sealed class WaitingReader
{
    /// <summary>After so long without a message nothing more is expected.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LoadClient _client;
    private readonly LoadMeter _meter;
    private readonly long _expected;
    private long _loggedInAt;

    /// <summary>Prepares to read.</summary>
    /// <param name="client">A client of this user, which acknowledges.</param>
    /// <param name="expected">How many messages wait.</param>
    /// <param name="meter">What counts messages; their latency is the time since the login began.</param>
    public WaitingReader(LoadClient client, long expected, LoadMeter meter)
    {
        (_client, _expected, _meter) = (client, expected, meter);
        client.OnMessage = OnMessage;
        client.OnReadDone = OnReadDone;
    }

    public LoadClient Client => _client;

    public Arrivals Arrivals { get; } = new();

    /// <summary>When the last message was read.</summary>
    public long LastAt { get; private set; }

    /// <summary>Logs in. From now on messages come.</summary>
    public Task LoginAsync(string address)
    {
        _loggedInAt = _meter.Now;
        return _client.LoginAsync(address);
    }

    /// <summary>Waits until all was read and is acknowledged, or nothing comes any more.</summary>
    public async Task ReadAsync()
    {
        for (var last = -1L; last != Arrivals.Count && !_all.Task.IsCompleted;)
        {
            last = Arrivals.Count;
            await Task.WhenAny(_all.Task, Task.Delay(s_patience));
        }
    }

    private void OnMessage(ReadOnlyMemory<byte> line)
    {
        LastAt = _meter.Now;
        if (Arrivals.TryAdd(line.Span, out _))
            _meter.Record(_loggedInAt);
    }

    private void OnReadDone()
    {
        if (Arrivals.Count >= _expected)
            _all.TrySetResult();
    }
}
