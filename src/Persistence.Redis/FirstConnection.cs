namespace ChatAkka.Persistence.Redis;

/// <summary>Makes a call wait until Redis is reached for the first time. On a busy machine the first connection can take longer than the start
/// of the plugin.</summary>
/// <remarks>Nothing was sent before, so nothing is sent twice. If a connection breaks later, calls fail at once and do not wait here.</remarks>
/// <param name="isReached">Tells whether a server is connected.</param>
/// <param name="limit">How long a call waits at most.</param>
/// <param name="time">The clock.</param>
internal sealed class FirstConnection(Func<bool> isReached, TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan s_checkEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until a server is connected.</summary>
    /// <exception cref="RedisNotReachedException">No server was connected within the limit.</exception>
    public async Task WaitAsync(CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (!isReached())
        {
            if (time.GetElapsedTime(began) >= limit)
                throw new RedisNotReachedException(limit);
            await Task.Delay(s_checkEvery, time, stop).ConfigureAwait(false);
        }
    }
}
