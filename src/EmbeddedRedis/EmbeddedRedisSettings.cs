namespace ChatAkka.EmbeddedRedis;

/// <summary>Settings of the embedded store.</summary>
/// <param name="Directory">The data directory. It is created if it is missing. Only one process at a time can use it.</param>
/// <param name="Host">Address that it listens on, for other nodes and for redis-cli.</param>
/// <param name="Port">Port that it listens on.</param>
/// <param name="MaxMemory">The most bytes that its data may take, a power of two. Nodes must stop storing messages there. At twice this value the
/// store evicts data.</param>
/// <param name="Recover">True: with a damaged directory, the store copies the directory and then starts with the data that can be read. False: it
/// refuses to start.</param>
public sealed record EmbeddedRedisSettings(string Directory, string Host, int Port, int MaxMemory = 1 << 30, bool Recover = false);
