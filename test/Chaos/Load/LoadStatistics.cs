namespace ChatAkka.Chaos.Load;

/// <summary>What the clients measured in one round. Any thread may count.</summary>
internal sealed class LoadStatistics
{
    private long _messages;
    private long _slowestDelivery;
    private long _slowestLogin;
    private long _slowestRefusal;

    /// <summary>Chats that arrived.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>Longest time from sending to arrival, in microseconds.</summary>
    public long SlowestDelivery => Volatile.Read(ref _slowestDelivery);

    /// <summary>Longest time from connecting to being logged in, in microseconds.</summary>
    public long SlowestLogin => Volatile.Read(ref _slowestLogin);

    /// <summary>Longest time from connecting to being told that the registry is away, in microseconds.</summary>
    public long SlowestRefusal => Volatile.Read(ref _slowestRefusal);

    /// <summary>A chat arrived after so many microseconds.</summary>
    public void Delivered(long micros)
    {
        Interlocked.Increment(ref _messages);
        Max(ref _slowestDelivery, micros);
    }

    /// <summary>A login worked after so many microseconds.</summary>
    public void LoggedIn(long micros) => Max(ref _slowestLogin, micros);

    /// <summary>A login was refused after so many microseconds.</summary>
    public void LoginRefused(string code, long micros)
    {
        if (code == "registry_unavailable")
            Max(ref _slowestRefusal, micros);
    }

    /// <summary>Begins a new round.</summary>
    public void Reset()
    {
        Volatile.Write(ref _messages, 0);
        Volatile.Write(ref _slowestDelivery, 0);
        Volatile.Write(ref _slowestLogin, 0);
        Volatile.Write(ref _slowestRefusal, 0);
    }

    private static void Max(ref long place, long value)
    {
        var seen = Volatile.Read(ref place);
        while (value > seen)
        {
            var now = Interlocked.CompareExchange(ref place, value, seen);
            if (now == seen)
                return;
            seen = now;
        }
    }
}
