namespace ChatAkka.EmbeddedRedis;

/// <summary>Settings of the embedded store.</summary>
/// <param name="Directory">Where its data lasts; made where it is missing. One process at a time.</param>
/// <param name="Host">Address it listens on, for other nodes and for redis-cli.</param>
/// <param name="Port">Port it listens on.</param>
public sealed record EmbeddedRedisSettings(string Directory, string Host, int Port);
