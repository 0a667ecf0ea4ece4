namespace ChatAkka.EmbeddedRedis;

/// <summary>Settings of the embedded store.</summary>
/// <param name="Directory">Where its data lasts; made where it is missing. One process at a time.</param>
/// <param name="Host">Address it listens on, for other nodes and for redis-cli.</param>
/// <param name="Port">Port it listens on.</param>
/// <param name="MaxMemory">The most bytes that what it holds may take, a power of two: who writes must stop there. At twice this it evicts.</param>
/// <param name="Recover">True where it starts with what can be read of a damaged directory, after it copied that; false where it refuses.</param>
public sealed record EmbeddedRedisSettings(string Directory, string Host, int Port, int MaxMemory = 1 << 30, bool Recover = false);
