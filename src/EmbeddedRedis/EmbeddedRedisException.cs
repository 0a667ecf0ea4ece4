namespace ChatAkka.EmbeddedRedis;

/// <summary>The embedded store cannot start. The message says what the operator can do.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The cause.</param>
public sealed class EmbeddedRedisException(string message, Exception? inner = null) : Exception(message, inner);
