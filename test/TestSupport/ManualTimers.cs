namespace ChatAkka.TestSupport;

/// <summary>A clock that a test moves, and whose timers run when it is moved. They run once, on the thread of the test.</summary>
public sealed class ManualTimers : ManualTime
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];

    /// <inheritdoc/>
    public override void Advance(TimeSpan time)
    {
        base.Advance(time);
        List<Timer> due;
        lock (_gate)
            due = [.. _timers.Where(t => t.Due <= GetUtcNow())];
        foreach (var timer in due)
            timer.Run();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        lock (_gate)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualTimers clock, Action callback) : ITimer
    {
        /// <summary>When it runs; never if it is not started, or ran.</summary>
        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
                throw new NotSupportedException("timers run once");
            Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : clock.GetUtcNow() + dueTime;
            return true;
        }

        public void Run()
        {
            Due = DateTimeOffset.MaxValue;
            callback();
        }

        public void Dispose()
        {
            lock (clock._gate)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
