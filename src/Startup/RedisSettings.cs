using ChatAkka.Sessions;

namespace ChatAkka.Startup;

/// <summary>Where the session registry is.</summary>
/// <param name="Connection">Connection string of StackExchange.Redis; empty: the embedded store.</param>
/// <param name="KeyPrefix">Put before every key.</param>
public sealed record RedisSettings(string Connection, string KeyPrefix)
{
    /// <summary>Reads <c>chat.redis</c>.</summary>
    public static RedisSettings Create(ConfigReader reader)
    {
        var connection = reader.Text("chat.redis.connection");
        if (connection.Length > 0 && RedisConnector.Check(connection) is { } problem)
            reader.Report("chat.redis.connection", $"is no connection string: {problem}");
        return new RedisSettings(connection, reader.Text("chat.redis.key-prefix"));
    }
}
