using System.Globalization;
using Akka.Configuration;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Settings of one plugin, with the keys of the package Akka.Persistence.Redis; <c>hocon/persistence.conf</c> explains each.</summary>
/// <param name="Connection">StackExchange.Redis connection string.</param>
/// <param name="Database">Number of the database; -1 for the one of the connection string.</param>
/// <param name="KeyPrefix">Put before every key.</param>
internal sealed record PluginSettings(string Connection, int Database, string KeyPrefix)
{
    /// <summary>Reads a plugin's section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or wrong; the message names its key.</exception>
    public static PluginSettings Create(Config config)
    {
        var connection = config.GetString("configuration-string") ?? "";
        try
        {
            if (ConfigurationOptions.Parse(connection).EndPoints.Count == 0)
                throw new ArgumentException("it names no server");
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"configuration-string of a Redis persistence plugin is wrong: {e.Message}", e);
        }

        var database = config.GetString("database") ?? "0";
        if (!int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new ConfigurationException($"database of a Redis persistence plugin is '{database}', expected a number from 0");
        return new PluginSettings(
            connection,
            config.GetBoolean("use-database-number-from-connection-string") ? -1 : number,
            config.GetString("key-prefix") ?? "");
    }
}
