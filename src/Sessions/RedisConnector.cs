using System.Net;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>Opens connections to Redis with settings that were measured.</summary>
/// <remarks>The client goes on trying for ever, by itself; a call made while Redis is away fails at once instead of waiting in a
/// backlog (0 to 10 ms instead of 2 s). Roles are looked at every two seconds: of several servers that the string names, a replica that
/// was made primary is found that soon, instead of after a minute. What the connection string says wins over these defaults.</remarks>
public static class RedisConnector
{
    private const string Defaults = "abortConnect=false,connectTimeout=1000,syncTimeout=1000,asyncTimeout=1000,keepAlive=5,configCheckSeconds=2,";

    /// <summary>Says what is wrong with a connection string; null where nothing is.</summary>
    public static string? Check(string connection)
    {
        try
        {
            return ConfigurationOptions.Parse(connection).EndPoints.Count == 0 ? "names no server, expected HOST:PORT" : null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    /// <summary>The servers of a connection string, without its secrets, for people.</summary>
    public static string Describe(string connection) =>
        string.Join(", ", ConfigurationOptions.Parse(connection).EndPoints.Select(e => e is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : e.ToString()));

    /// <summary>Opens a connection; gives it also when the server is not there yet.</summary>
    public static async Task<ConnectionMultiplexer> ConnectAsync(string connection, string clientName)
    {
        var options = ConfigurationOptions.Parse(Defaults + connection);
        options.ReconnectRetryPolicy = new ExponentialRetry(100, 1000);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ClientName ??= clientName;

        // The client's own guard against commands that change a server. INFO is behind it as well, and we only ask.
        options.AllowAdmin = true;
        return await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
    }
}
