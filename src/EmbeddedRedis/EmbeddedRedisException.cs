namespace ChatAkka.EmbeddedRedis;

/// <summary>The embedded store cannot start; the message says what the operator can do.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">What said so.</param>
public sealed class EmbeddedRedisException(string message, Exception? inner = null) : Exception(message, inner);
