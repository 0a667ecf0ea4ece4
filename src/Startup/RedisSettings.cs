using ChatAkka.Sessions;

namespace ChatAkka.Startup;

/// <summary>Settings of the store.</summary>
/// <param name="Connection">Connection string of StackExchange.Redis. Empty: the embedded store is used.</param>
/// <param name="KeyPrefix">Put before every key.</param>
/// <param name="Receipts">When a chat counts as <c>stored</c>: <c>written</c>, <c>replicated</c> or <c>fsynced</c>.</param>
/// <param name="SessionHistory">How long the events of a user's sessions are kept after the last one; null if none are kept.</param>
public sealed record RedisSettings(string Connection, string KeyPrefix, string Receipts, TimeSpan? SessionHistory)
{
    /// <summary>With this value a chat counts as stored when the primary has it.</summary>
    public const string Written = "written";

    /// <summary>Reads <c>chat.redis</c>.</summary>
    public static RedisSettings Create(ConfigReader reader)
    {
        var connection = reader.Text("chat.redis.connection");
        if (connection.Length > 0 && RedisConnector.Check(connection) is { } problem)
            reader.Report("chat.redis.connection", $"is no connection string: {problem}");
        var receipts = reader.Choice("chat.redis.receipts", Written, "replicated", "fsynced");
        if (connection.Length == 0 && receipts != Written)
            reader.Report("chat.redis.receipts", $"is '{receipts}', but the embedded store has no replica, and answers when it is on disk: leave it at '{Written}'");
        var history = reader.DurationOrOff("chat.redis.session-history", TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        return new RedisSettings(connection, reader.Text("chat.redis.key-prefix"), receipts, history);
    }
}
