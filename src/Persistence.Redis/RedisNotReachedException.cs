using System.Globalization;

namespace ChatAkka.Persistence.Redis;

/// <summary>No Redis server was reached since the start. Nothing was read or written.</summary>
/// <param name="waited">How long the call waited for a server.</param>
public sealed class RedisNotReachedException(TimeSpan waited)
    : Exception($"no Redis server was reached yet; waited {waited.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture)} ms");
