namespace ChatAkka.Persistence.Redis;

/// <summary>Lets a call wait until Redis was reached for the first time: on a cold or busy machine the first connection takes longer than the
/// plugin's start waits for it.</summary>
/// <remarks>Nothing was sent by then, so nothing is sent twice. Later, when a connection breaks, calls fail at once and do not wait here.</remarks>
/// <param name="isReached">Says whether a server is connected.</param>
/// <param name="limit">How long a call waits.</param>
/// <param name="time">The clock.</param>
internal sealed class FirstConnection(Func<bool> isReached, TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan s_checkEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until a server is connected.</summary>
    /// <exception cref="RedisNotReachedException">None was within the limit.</exception>
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
