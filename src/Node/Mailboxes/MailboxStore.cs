using Akka.Configuration;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Says to the persistence plugins where mailboxes are kept: where the session registry is.</summary>
internal static class MailboxStore
{
    /// <summary>Gives the part of Akka's configuration that follows from the node's own, unless it was set besides.</summary>
    /// <param name="connection">StackExchange.Redis connection string.</param>
    /// <param name="keyPrefix">Put before every key.</param>
    public static Config ToHocon(string connection, string keyPrefix) => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.redis {{Section(connection, keyPrefix)}}
        akka.persistence.snapshot-store.redis {{Section(connection, keyPrefix)}}
        """);

    private static string Section(string connection, string keyPrefix) =>
        $"{{ configuration-string = {Quote(connection)}, key-prefix = {Quote(keyPrefix)} }}";

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
