using System.Globalization;
using Akka.Configuration;
using ChatAkka.RedisAccess;

namespace ChatAkka.Persistence.Redis;

/// <summary>Settings of one plugin, with the keys of the package Akka.Persistence.Redis; <c>hocon/persistence.conf</c> explains each.</summary>
/// <param name="Connection">Where Redis is, in a form of <see cref="RedisConnectionString"/>.</param>
/// <param name="Database">Number of the database; -1: the one in the connection string.</param>
/// <param name="KeyPrefix">Put before every key.</param>
/// <param name="Receipts">When a write of the journal counts as stored.</param>
/// <param name="ReceiptsTimeout">How long the confirmation of a write may take.</param>
/// <param name="CallTimeout">How long a call of Akka to the plugin may take. After this time Akka treats the call as failed.</param>
internal sealed record PluginSettings(
    string Connection, int Database, string KeyPrefix, Receipts Receipts, TimeSpan ReceiptsTimeout, TimeSpan CallTimeout)
{
    private static readonly TimeSpan s_receiptsTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a call waits for the first connection: four fifths of its time limit. The rest is for the call itself.</summary>
    public TimeSpan FirstConnectionTimeout => CallTimeout * 0.8;

    /// <summary>Reads a plugin's section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or wrong. The message names its key.</exception>
    public static PluginSettings Create(Config config)
    {
        var connection = config.GetString("configuration-string") ?? "";
        if (RedisConnectionString.Check(connection) is { } problem)
            throw new ConfigurationException($"configuration-string of a Redis persistence plugin is wrong: {problem}");

        var database = config.GetString("database") ?? "0";
        if (!int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new ConfigurationException($"database of a Redis persistence plugin is '{database}', expected a number from 0");
        var word = config.GetString("receipts", "written");
        if (!Enum.TryParse<Receipts>(word, ignoreCase: true, out var receipts) || !Enum.IsDefined(receipts))
            throw new ConfigurationException($"receipts of a Redis persistence plugin is '{word}', expected written, replicated or fsynced");
        var callTimeout = config.GetTimeSpan("circuit-breaker.call-timeout", s_callTimeout);
        if (callTimeout <= TimeSpan.Zero)
            throw new ConfigurationException($"circuit-breaker.call-timeout of a Redis persistence plugin is {callTimeout}, expected a time above 0");
        return new PluginSettings(
            connection,
            config.GetBoolean("use-database-number-from-connection-string") ? -1 : number,
            config.GetString("key-prefix") ?? "",
            receipts,
            config.GetTimeSpan("receipts-timeout", s_receiptsTimeout),
            callTimeout);
    }
}
