using System.Diagnostics;

namespace ChatAkka.Chaos;

/// <summary>Microseconds since the program began: the time of every event.</summary>
internal static class Clock
{
    private static readonly long s_start = Stopwatch.GetTimestamp();

    /// <summary>Now.</summary>
    public static long Now => (long)Stopwatch.GetElapsedTime(s_start).TotalMicroseconds;

    /// <summary>A time span in the unit of this clock.</summary>
    public static long Of(TimeSpan span) => (long)span.TotalMicroseconds;
}
