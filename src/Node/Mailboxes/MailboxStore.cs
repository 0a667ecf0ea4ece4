using Akka.Configuration;
using ChatAkka.Startup;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Tells the persistence plugins where mailboxes are kept: in the same Redis as the session registry.</summary>
internal static class MailboxStore
{
    /// <summary>Gives the part of Akka's configuration that follows from the node's own settings.</summary>
    /// <param name="connection">The connection string of StackExchange.Redis.</param>
    /// <param name="keyPrefix">The text before every key.</param>
    /// <param name="receipts">When a write counts as kept (<c>chat.redis.receipts</c>).</param>
    public static Config ToHocon(string connection, string keyPrefix, string receipts = RedisSettings.Written) => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.redis {{Section(connection, keyPrefix)}}
        akka.persistence.journal.redis.receipts = {{receipts}}
        akka.persistence.snapshot-store.redis {{Section(connection, keyPrefix)}}
        """);

    private static string Section(string connection, string keyPrefix) =>
        $"{{ configuration-string = {Quote(connection)}, key-prefix = {Quote(keyPrefix)} }}";

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
