using ChatAkka.Management.Chat;
using ChatAkka.Management.Hosting;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Relay;

/// <summary>Runs the relay as a separate process.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) =>
        new CommonOptions("ChatAkka relay: forwards chats between nodes and cleans up after nodes that died.")
            .Add("--redis", "CONNECTION", "chat.redis.connection", "Redis with the session registry, as HOST:PORT (required)")
            .Add("--pbm", "HOST:PORT|off", "petabridge.cmd", "Where pbm manages this process (default 127.0.0.1:9110, if nothing else is there)", ManagementSettings.FromFlag)
            .RunAsync(args, RunAsync);

    private static async Task<int> RunAsync(string? file, IReadOnlyList<KeyValuePair<string, string>> flags)
    {
        try
        {
            var reader = ConfigLayers.Load(["relay.conf", "common.conf"], file, Environment.GetEnvironmentVariables(), flags);
            var cluster = ClusterSettings.Create(reader, _ => [ClusterNames.RelayRole], ClusterNames.RelayRole);
            var redis = RedisSettings.Create(reader, flags);
            var settings = RelaySettings.Create(reader);
            var management = ManagementSettings.Create(reader);
            var sockets = SocketSettings.Create(reader);
            if (redis.Connection.Length == 0)
                reader.Report("chat.redis.connection", "is needed: --redis HOST:PORT (the embedded store of a first node is 127.0.0.1:6380)");
            if (cluster.Roles.Contains(ClusterNames.NodeRole))
                reader.Report("chat.cluster.roles", "has node, which this program is not");
            reader.ThrowIfBad();
            sockets.Apply();
            PortCheck.Report(reader, "chat.cluster.address", cluster.Address, "Name another with --cluster HOST:PORT");
            reader.ThrowIfBad();
            using var endpoint = ManagementEndpoint.Bind(management, Console.Error);

            await using var connection = await RedisConnector.ConnectAsync(redis.Connection, "chatakka-relay").ConfigureAwait(false);
            var keys = new RedisKeys(redis.KeyPrefix);
            var registry = new RedisSessionRegistry(connection, keys, redis.SessionHistory);
            var revocations = new RedisTokenRevocations(connection, keys, TimeProvider.System);
            var directory = new RedisClusterDirectory(connection, keys);
            await Console.Out.WriteLineAsync(
                Posture.Of(("cluster", cluster.Security.Posture), ("store", redis.Posture), ("pbm", management.Posture))).ConfigureAwait(false);
            return await ProcessHost.RunAsync(reader.Config, cluster, directory, akka => akka
                .WithRelay(settings, registry)
                .WithAnnouncement(Console.Out)
                .WithPbm(endpoint, management, _ => [new ChatPalette(registry, revocations, management)])).ConfigureAwait(false);
        }
        catch (ConfigException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }
    }
}
