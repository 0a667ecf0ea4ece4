namespace ChatAkka.Persistence.Redis;

/// <summary>No Redis server was reached since the start.</summary>
public sealed class RedisNotReachedException() : Exception("no Redis server was reached yet");
