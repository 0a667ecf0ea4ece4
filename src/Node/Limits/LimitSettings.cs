using ChatAkka.Startup;

namespace ChatAkka.Node.Limits;

/// <summary>The limits against clients that do too much.</summary>
/// <param name="Connection">What one connection may do.</param>
/// <param name="Address">What one address may do.</param>
internal sealed record LimitSettings(ConnectionLimits Connection, AddressLimits Address)
{
    private const string OfConnection = "chat.limits.connection.";
    private const string OfAddress = "chat.limits.address.";

    /// <summary>No limit of a kind is above this in a second or in a minute: then it can as well be off.</summary>
    private const int Most = 1_000_000;

    /// <summary>So much is read at a time before the login. The login and a part of a longer line behind it may come in one read.</summary>
    private const int LeastLine = 1024;

    private static readonly TimeSpan s_leastBurst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_mostBurst = TimeSpan.FromMinutes(10);

    /// <summary>Reads <c>chat.limits</c>.</summary>
    public static LimitSettings Create(ConfigReader reader) => new(ReadConnection(reader), ReadAddress(reader));

    private static ConnectionLimits ReadConnection(ConfigReader reader)
    {
        var burst = reader.Duration(OfConnection + "burst", s_leastBurst, s_mostBurst);
        var bytes = reader.BytesOrOff(OfConnection + "bytes-per-second", 1024, 1024 * 1024 * 1024);
        return new ConnectionLimits(
            PerSecond(reader, OfConnection + "lines-per-second", burst),
            bytes is { } rate ? new Rate(rate, rate * burst.TotalSeconds) : null,
            PerSecond(reader, OfConnection + "chats-per-second", burst),
            PerMinute(reader, OfConnection + "errors-per-minute"),
            PerMinute(reader, OfConnection + "new-recipients-per-minute"),
            PerMinute(reader, OfConnection + "stored-per-minute"),
            reader.Bytes(OfConnection + "max-line-before-login", LeastLine, 64 * 1024));
    }

    private static AddressLimits ReadAddress(ConfigReader reader) => new(
        reader.IntOrOff(OfAddress + "connections", 1, Most),
        PerSecond(reader, OfAddress + "connects-per-second", reader.Duration(OfAddress + "burst", s_leastBurst, s_mostBurst)),
        PerMinute(reader, OfAddress + "failed-logins-per-minute"),
        PerMinute(reader, OfAddress + "new-recipients-per-minute"),
        reader.Int(OfAddress + "table-size", 1000, 10_000_000),
        reader.Networks(OfAddress + "exempt"));

    /// <summary>After a rest, as much may come at once as may come in the time of the burst.</summary>
    private static Rate? PerSecond(ConfigReader reader, string path, TimeSpan burst) =>
        reader.IntOrOff(path, 1, Most) is { } rate ? new Rate(rate, rate * burst.TotalSeconds) : null;

    /// <summary>After a rest, all that may come in a minute may come at once.</summary>
    private static Rate? PerMinute(ConfigReader reader, string path) => reader.IntOrOff(path, 1, Most) is { } rate ? new Rate(rate / 60.0, rate) : null;
}
