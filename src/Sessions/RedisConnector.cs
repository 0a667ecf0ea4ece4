using ChatAkka.RedisAccess;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>Opens connections to Redis with settings that were measured.</summary>
/// <remarks>The client library reconnects by itself, without end. A call that is made while Redis is not reachable fails at once (0 to
/// 10 ms) instead of waiting in a backlog (2 s). The library checks the roles of the servers every two seconds. So if the connection string
/// names several servers and a replica becomes primary, it is found within two seconds instead of a minute. Options in the connection
/// string override these defaults (<see cref="RedisConnectionString"/>).</remarks>
public static class RedisConnector
{
    /// <summary>Commands are for the primary alone. Without this, while the primary is away, the client library reads from a replica, which may be behind: a script
    /// would find nothing to release, and a login would find no mark of the messages that wait.</summary>
    public const CommandFlags PrimaryOnly = CommandFlags.DemandMaster;

    /// <summary>Opens a connection. It returns one even if the server is not reachable yet.</summary>
    public static async Task<ConnectionMultiplexer> ConnectAsync(string connection, string clientName)
    {
        var options = RedisConnectionString.Parse(connection).ToOptions(clientName);

        // Without this the client library refuses all commands for administrators, INFO among them. We send only INFO.
        options.AllowAdmin = true;
        return await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
    }
}
