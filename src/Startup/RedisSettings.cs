using ChatAkka.RedisAccess;

namespace ChatAkka.Startup;

/// <summary>Settings of the store.</summary>
/// <param name="Connection">Where Redis is, in a form of <see cref="RedisConnectionString"/>. Empty: the embedded store is used.</param>
/// <param name="KeyPrefix">Put before every key.</param>
/// <param name="Receipts">When a chat counts as <c>stored</c>: <c>written</c>, <c>replicated</c> or <c>fsynced</c>.</param>
/// <param name="SessionHistory">How long the events of a user's sessions are kept after the last one; null if none are kept.</param>
public sealed record RedisSettings(string Connection, string KeyPrefix, string Receipts, TimeSpan? SessionHistory)
{
    /// <summary>With this value a chat counts as stored when the primary has it.</summary>
    public const string Written = "written";

    private const string Path = "chat.redis.connection";

    /// <summary>How the store is protected, in a few words, for operators.</summary>
    public string Posture => Connection.Length == 0 ? "embedded, password" : RedisConnectionString.Parse(Connection).Protection;

    /// <summary>Reads <c>chat.redis</c>.</summary>
    /// <param name="reader">All layers of the configuration.</param>
    /// <param name="flags">What the command line sets: others on this machine see it, so it must not have a password.</param>
    /// <param name="embedded">The directory in which an embedded store of this machine may keep its password; null for the default.</param>
    public static RedisSettings Create(ConfigReader reader, IEnumerable<KeyValuePair<string, string>> flags, string? embedded = null)
    {
        var connection = reader.Text(Path);
        if (connection.Length > 0 && RedisConnectionString.Check(connection) is { } problem)
            reader.Report(Path, $"is no connection string for Redis: it {problem}");
        else if (connection.Length > 0)
            connection = EmbeddedStorePassword.AddTo(connection, embedded ?? EmbeddedStorePassword.DefaultDirectory);
        if (flags.Any(f => f.Key == Path && RedisConnectionString.Check(f.Value) is null && RedisConnectionString.Parse(f.Value).HasPassword))
        {
            reader.Report(
                Path,
                "has a password on the command line, which other users of this machine can see: name a file with ,passwordFile=FILE, or set the connection in a --config file or in CHATAKKA__CHAT__REDIS__CONNECTION");
        }

        var receipts = reader.Choice("chat.redis.receipts", Written, "replicated", "fsynced");
        if (connection.Length == 0 && receipts != Written)
            reader.Report("chat.redis.receipts", $"is '{receipts}', but the embedded store has no replica, and answers when it is on disk: leave it at '{Written}'");
        var history = reader.DurationOrOff("chat.redis.session-history", TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        return new RedisSettings(connection, reader.Text("chat.redis.key-prefix"), receipts, history);
    }
}
