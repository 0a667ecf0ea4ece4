using System.Globalization;

namespace ChatAkka.Management;

/// <summary>How times are shown.</summary>
internal static class Times
{
    /// <summary>Shows a time as ISO 8601, UTC, with milliseconds.</summary>
    /// <param name="milliseconds">Since 1970, UTC.</param>
    public static string Show(long milliseconds) => Show(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime);

    /// <summary>Shows a time as ISO 8601, UTC, with milliseconds.</summary>
    public static string Show(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
