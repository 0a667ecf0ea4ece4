using ChatAkka.Node.Telemetry;

namespace ChatAkka.Node.Limits;

/// <summary>What may still be read from one connection. Not thread-safe: the connection's stage uses it.</summary>
/// <remarks>How much comes is known only when it was read. So the limit may be exceeded by one read, and the next one waits for so much longer.</remarks>
/// <param name="rate">The limit.</param>
/// <param name="counters">Counts pauses.</param>
internal sealed class ReadBudget(Rate rate, NodeCounters counters)
{
    private TokenBucket _bytes;

    /// <summary>Bytes were read.</summary>
    public void Count(int bytes, TimeSpan now) => _bytes.Take(rate, bytes, now);

    /// <summary>How long the next read has to wait; zero if it may begin.</summary>
    public TimeSpan Pause(TimeSpan now)
    {
        var wait = _bytes.Wait(rate, 1, now);
        if (wait == TimeSpan.Zero)
            return wait;
        counters.Limited(LimitKind.Bytes);
        return wait > ConnectionLimits.LeastPause ? wait : ConnectionLimits.LeastPause;
    }
}
