using ChatAkka.Node.Telemetry;

namespace ChatAkka.Node.Limits;

/// <summary>What one connection may still do of what its actor handles: lines, chats and errors. Not thread-safe.</summary>
/// <remarks>What is asked for and what is counted are apart, because a line or a chat that has to wait is tried again. Where a limit is off, nothing is
/// counted and the clock is not read.</remarks>
/// <param name="limits">The limits.</param>
/// <param name="counters">Counts what was stopped; null: nobody.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionBudget(ConnectionLimits limits, NodeCounters? counters, TimeProvider time)
{
    private TokenBucket _lines;
    private TokenBucket _chats;
    private TokenBucket _errors;
    private TimeSpan _asked;

    /// <summary>True once the connection did what is not slowed but ends it.</summary>
    public bool IsUsedUp { get; private set; }

    /// <summary>How long the line or the chat that was not allowed has to wait.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Says whether the next line may be handled now; if not, <see cref="Pause"/> says when.</summary>
    public bool MayTakeLine() => limits.Lines is not { } rate || MayTake(_lines, rate, LimitKind.Lines);

    /// <summary>A line was handled.</summary>
    public void CountLine()
    {
        if (limits.Lines is { } rate)
            _lines.Take(rate, 1, _asked);
    }

    /// <summary>Says whether the next chat may be taken now; if not, <see cref="Pause"/> says when.</summary>
    public bool MayTakeChat() => limits.Chats is not { } rate || MayTake(_chats, rate, LimitKind.Chats);

    /// <summary>A chat was taken.</summary>
    public void CountChat()
    {
        if (limits.Chats is { } rate)
            _chats.Take(rate, 1, _asked);
    }

    /// <summary>A line was answered with an error. Too many end the connection.</summary>
    public void CountError()
    {
        if (limits.Errors is not { } rate || IsUsedUp || _errors.TryTake(rate, 1, Now))
            return;
        counters?.Limited(LimitKind.Errors);
        End();
    }

    /// <summary>The connection must end.</summary>
    public void End() => IsUsedUp = true;

    private TimeSpan Now => time.GetElapsedTime(0);

    private bool MayTake(in TokenBucket bucket, Rate rate, LimitKind kind)
    {
        // What is counted after it happens now: the clock is not read again.
        _asked = Now;
        var wait = bucket.Wait(rate, 1, _asked);
        if (wait == TimeSpan.Zero)
            return true;
        counters?.Limited(kind);
        Pause = wait > ConnectionLimits.LeastPause ? wait : ConnectionLimits.LeastPause;
        return false;
    }
}
