using Akka.Configuration;
using ChatAkka.Startup;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Says to the persistence plugins where mailboxes are kept: where the session registry is.</summary>
internal static class MailboxStore
{
    /// <summary>Gives the part of Akka's configuration that follows from the node's own, unless it was set besides.</summary>
    /// <param name="connection">StackExchange.Redis connection string.</param>
    /// <param name="keyPrefix">Put before every key.</param>
    /// <param name="receipts">When a write counts as kept.</param>
    public static Config ToHocon(string connection, string keyPrefix, string receipts = RedisSettings.Written) => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.redis {{Section(connection, keyPrefix)}}
        akka.persistence.journal.redis.receipts = {{receipts}}
        akka.persistence.snapshot-store.redis {{Section(connection, keyPrefix)}}
        """);

    private static string Section(string connection, string keyPrefix) =>
        $"{{ configuration-string = {Quote(connection)}, key-prefix = {Quote(keyPrefix)} }}";

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
