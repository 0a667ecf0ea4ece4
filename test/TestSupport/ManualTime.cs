namespace ChatAkka.TestSupport;

/// <summary>A clock that a test moves. It begins one second after 1970-01-01 UTC. Its timers run by the real clock.</summary>
public class ManualTime : TimeProvider
{
    private long _ticks = DateTimeOffset.UnixEpoch.AddSeconds(1).Ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Moves the clock on.</summary>
    public virtual void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
}
