using System.Diagnostics;

namespace ChatAkka.TestSupport;

/// <summary>Waits for a condition in place of sleeping.</summary>
public static class Eventually
{
    /// <summary>Generous: a time-out here is missing evidence, not a measurement.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until <paramref name="condition"/> holds; gives how long that took.</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > (limit ?? Limit))
                throw new TimeoutException($"not within {limit ?? Limit}: {what}");
            await Task.Delay(10);
        }

        return watch.Elapsed;
    }

    /// <summary>Waits until <paramref name="condition"/> holds; gives how long that took.</summary>
    public static Task<TimeSpan> TrueAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, limit);
}
