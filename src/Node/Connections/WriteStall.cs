namespace ChatAkka.Node.Connections;

/// <summary>Measures for how long bytes wait for a client and its socket takes none of them.</summary>
/// <remarks>Not thread-safe. It looks from time to time, so writing costs nothing. A step that is longer than expected counts only in part: while this process
/// was suspended, the socket may have taken bytes, and nobody has noticed yet.</remarks>
/// <param name="outbound">The bytes that wait to be written to the client.</param>
/// <param name="time">The clock.</param>
internal sealed class WriteStall(Outbound outbound, TimeProvider time)
{
    private long _at = time.GetTimestamp();
    private long? _turn;
    private TimeSpan _stalled;

    /// <summary>Looks, and gives for how long the socket has taken nothing. That is never more than the true time.</summary>
    /// <param name="mostStep">The time since the last look counts for at most this much.</param>
    public TimeSpan Measure(TimeSpan mostStep)
    {
        var now = time.GetTimestamp();
        var step = time.GetElapsedTime(_at, now);
        var turn = outbound.Turn;
        _stalled = turn is null || turn != _turn ? TimeSpan.Zero : _stalled + (step < mostStep ? step : mostStep);
        (_at, _turn) = (now, turn);
        return _stalled;
    }
}
