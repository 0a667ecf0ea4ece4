using ChatAkka.Sessions;

namespace ChatAkka.Startup;

/// <summary>Settings of the store.</summary>
/// <param name="Connection">Connection string of StackExchange.Redis. Empty: the embedded store is used.</param>
/// <param name="KeyPrefix">Put before every key.</param>
/// <param name="Receipts">When a chat counts as <c>stored</c>: <c>written</c>, <c>replicated</c> or <c>fsynced</c>.</param>
public sealed record RedisSettings(string Connection, string KeyPrefix, string Receipts)
{
    /// <summary>With this value a chat counts as stored when the primary has it.</summary>
    public const string Written = "written";

    /// <summary>How the store is protected, in a few words, for operators.</summary>
    public string Posture => Connection.Length == 0 ? "embedded" : Connection.Contains("ssl=true", StringComparison.OrdinalIgnoreCase) ? "TLS" : "plain";

    /// <summary>Reads <c>chat.redis</c>.</summary>
    public static RedisSettings Create(ConfigReader reader)
    {
        var connection = reader.Text("chat.redis.connection");
        if (connection.Length > 0 && RedisConnector.Check(connection) is { } problem)
            reader.Report("chat.redis.connection", $"is no connection string: {problem}");
        var receipts = reader.Choice("chat.redis.receipts", Written, "replicated", "fsynced");
        if (connection.Length == 0 && receipts != Written)
            reader.Report("chat.redis.receipts", $"is '{receipts}', but the embedded store has no replica, and answers when it is on disk: leave it at '{Written}'");
        return new RedisSettings(connection, reader.Text("chat.redis.key-prefix"), receipts);
    }
}
