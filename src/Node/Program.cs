using ChatAkka.EmbeddedRedis;
using ChatAkka.Management.Chat;
using ChatAkka.Management.Hosting;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Internode;
using ChatAkka.RedisAccess;
using ChatAkka.Relay;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Node;

/// <summary>Runs a node. A node that is started alone also runs the relay and the embedded store.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) =>
        new CommonOptions("ChatAkka node: holds clients. Without options it runs alone, with relay and embedded store in the same process.")
            .Add("--redis", "CONNECTION", "chat.redis.connection", "Redis with the session registry, as HOST:PORT (default: embedded)")
            .Add("--listen", "HOST:PORT", "chat.listener.address", "Where clients connect (default 127.0.0.1:9501); off: only by TLS")
            .Add("--tls-listen", "HOST:PORT", "chat.tls.address", "Where clients connect by TLS (default: nowhere)")
            .Add("--tls-cert", "FILE", "chat.tls.certificate", "Certificate for TLS in PEM form, with those between it and its authority")
            .Add("--tls-key", "FILE", "chat.tls.key", "Private key of that certificate in PEM form")
            .Add("--data", "DIR", "chat.redis.embedded.directory", "Where the embedded store keeps its data")
            .AddSwitch("--data-recover", "chat.redis.embedded.recover", "Starts with what can be read of a damaged data directory, after copying it")
            .Add("--max-connections", "N", "chat.listener.max-connections", "The most clients at a time (default 500)")
            .Add("--roles", "ROLES", "chat.cluster.roles", "node, or node,relay (default: node,relay alone, node when joining)")
            .Add("--pbm", "HOST:PORT|off", "petabridge.cmd", "Where pbm manages this process (default 127.0.0.1:9110, if nothing else is there)", ManagementSettings.FromFlag)
            .RunAsync(args, RunAsync);

    private static async Task<int> RunAsync(string? file, IReadOnlyList<KeyValuePair<string, string>> flags)
    {
        try
        {
            var reader = ConfigLayers.Load(["node.conf", "persistence.conf", "relay.conf", "common.conf"], file, Environment.GetEnvironmentVariables(), flags);
            var management = ManagementSettings.Create(reader);
            return await RunAsync(reader, Read(reader, flags), management).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConfigException or EmbeddedRedisException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }
    }

    /// <summary>Reads the settings, and checks that the addresses are free.</summary>
    /// <exception cref="ConfigException">Something is wrong. The message lists everything that is.</exception>
    private static Settings Read(ConfigReader reader, IReadOnlyList<KeyValuePair<string, string>> flags)
    {
        var cluster = ClusterSettings.Create(
            reader,
            joins => joins ? [ClusterNames.NodeRole] : [ClusterNames.NodeRole, ClusterNames.RelayRole],
            ClusterNames.NodeRole);
        var embedded = EmbeddedStore.ReadSettings(reader);
        var redis = RedisSettings.Create(reader, flags, embedded.Directory);
        var node = NodeSettings.Create(reader);
        var relay = RelaySettings.Create(reader);
        node.Link.CheckAgainst(reader, relay.GreetInterval);
        var sockets = SocketSettings.Create(reader);
        if (redis.Connection.Length == 0 && cluster.JoinsOthers)
        {
            reader.Report(
                "chat.redis.connection",
                "is needed by a node that joins others: --redis HOST:PORT (the embedded store of a first node is 127.0.0.1:6380)");
        }

        reader.ThrowIfBad();
        if (redis.Connection.Length > 0)
            sockets.Apply();

        PortCheck.Report(reader, "chat.cluster.address", cluster.Address, "Name another with --cluster HOST:PORT");
        if (node.Listener.Address is { } plain)
            PortCheck.Report(reader, "chat.listener.address", plain, "Name another with --listen HOST:PORT");
        if (node.Listener.TlsAddress is { } tls)
            PortCheck.Report(reader, "chat.tls.address", tls, "Name another with --tls-listen HOST:PORT");
        if (redis.Connection.Length == 0)
            PortCheck.Report(reader, "chat.redis.embedded.address", new HostPort(embedded.Host, embedded.Port), "Name another there, or use --redis HOST:PORT");
        reader.ThrowIfBad();
        return new Settings(cluster, redis, embedded, node, relay);
    }

    private static async Task<int> RunAsync(ConfigReader reader, Settings settings, ManagementSettings management)
    {
        var (cluster, redis, embedded, node, relay) = settings;
        using var endpoint = ManagementEndpoint.Bind(management, Console.Error);
        using var store = redis.Connection.Length == 0 ? EmbeddedRedisServer.Start(embedded) : null;
        if (store?.Recovered is { } recovered)
            await Console.Error.WriteLineAsync(recovered).ConfigureAwait(false);
        if (store is { IsOpenToOthers: true })
            await Console.Error.WriteLineAsync($"warning: other users of this machine can read {embedded.Directory}, which has all messages: chmod 700 it").ConfigureAwait(false);
        var server = store is null ? redis.Connection : EmbeddedStore.ConnectionOf(store);
        await using var connection = await RedisConnector.ConnectAsync(server, "chatakka-node").ConfigureAwait(false);
        var keys = new RedisKeys(redis.KeyPrefix);
        var gauge = new StoreGauge(connection);
        var registry = new RedisSessionRegistry(connection, keys, redis.SessionHistory);
        var revocations = new RedisTokenRevocations(connection, keys, TimeProvider.System);
        var directory = new RedisClusterDirectory(connection, keys, isOwn: store is not null);
        var about = store is null ? RedisConnectionString.Parse(redis.Connection).Servers : $"embedded in {embedded.Directory}, for other nodes --redis {store.Connection}";
        await Console.Out.WriteLineAsync(
            Posture.Of(("clients", node.Posture), ("cluster", cluster.Security.Posture), ("store", redis.Posture), ("pbm", management.Posture))).ConfigureAwait(false);
        var config = MailboxStore.ToHocon(server, redis.KeyPrefix, redis.Receipts).WithFallback(reader.Config);
        return await ProcessHost.RunAsync(config, cluster, directory, akka =>
        {
            akka.WithNode(node, registry, new RedisMailboxStore(connection, keys, gauge), revocations, about);
            akka.WithStoreGauge(gauge);
            akka.WithPbm(endpoint, management, _ => [new ChatPalette(registry, revocations, management)]);
            if (cluster.Roles.Contains(ClusterNames.RelayRole))
                akka.WithRelay(relay, registry);
        }).ConfigureAwait(false);
    }

    /// <summary>What the program reads from its configuration, apart from the settings of <c>pbm</c>.</summary>
    private sealed record Settings(
        ClusterSettings Cluster, RedisSettings Redis, EmbeddedRedisSettings Embedded, NodeSettings Node, RelaySettings Relay);
}
