using Akka.Configuration;
using ChatAkka.Management.Chat;
using ChatAkka.Management.Hosting;
using ChatAkka.Node;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol.Internode;
using ChatAkka.Relay;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Sabotage;

/// <summary>A node, or a relay, of the product's parts, without some of its protections: the chaos program must notice.</summary>
internal static class Program
{
    private const string Forgetful = """
        akka.actor.serializers.chatakka-internode = "ChatAkka.Sabotage.ForgetfulSerializer, ChatAkka.Sabotage"
        """;

    public static async Task<int> Main(string[] args)
    {
        if (args is not [("node" or "relay") and var program, var words, ..] || TryParse(words) is not { } flaws)
        {
            await Console.Error.WriteLineAsync("ChatAkka.Sabotage node|relay no-tombstone,no-compare,no-resend OPTIONS");
            return ExitCodes.BadConfiguration;
        }

        return await new CommonOptions($"ChatAkka {program} without {words}.")
            .Add("--redis", "CONNECTION", "chat.redis.connection", "Redis")
            .Add("--listen", "HOST:PORT", "chat.listener.address", "Where clients connect")
            .Add("--max-connections", "N", "chat.listener.max-connections", "The most clients at a time")
            .Add("--pbm", "HOST:PORT|off", "petabridge.cmd", "Where pbm manages this process", ManagementSettings.FromFlag)
            .RunAsync(args[2..], (file, flags) => RunAsync(isNode: program == "node", flaws, file, flags));
    }

    private static async Task<int> RunAsync(bool isNode, Flaw flaws, string? file, IReadOnlyList<KeyValuePair<string, string>> flags)
    {
        try
        {
            var reader = ConfigLayers.Load(
                isNode ? ["node.conf", "persistence.conf", "relay.conf", "common.conf"] : ["relay.conf", "common.conf"], file, Environment.GetEnvironmentVariables(), flags);
            var role = isNode ? ClusterNames.NodeRole : ClusterNames.RelayRole;
            var cluster = ClusterSettings.Create(reader, _ => [role], role);
            var redis = RedisSettings.Create(reader, flags);
            var node = isNode ? NodeSettings.Create(reader) : null;
            var relay = RelaySettings.Create(reader);
            var management = ManagementSettings.Create(reader);
            reader.ThrowIfBad();
            using var endpoint = ManagementEndpoint.Bind(management, Console.Error);
            await using var connection = await RedisConnector.ConnectAsync(redis.Connection, "chatakka-sabotage");
            var keys = new RedisKeys(redis.KeyPrefix);
            var registry = new FlawedRegistry(new RedisSessionRegistry(connection, keys, redis.SessionHistory), connection, keys, flaws);
            var revocations = new RedisTokenRevocations(connection, keys, TimeProvider.System);
            var config = isNode ? MailboxStore.ToHocon(redis.Connection, redis.KeyPrefix).WithFallback(reader.Config) : reader.Config;
            if (flaws.HasFlag(Flaw.NoResend))
                config = ConfigurationFactory.ParseString(Forgetful).WithFallback(config);
            return await ProcessHost.RunAsync(config, cluster, new RedisClusterDirectory(connection, keys), akka =>
            {
                if (node is not null)
                    akka.WithNode(node, registry, new RedisMailboxStore(connection, keys), revocations, redis.Connection);
                else
                    akka.WithRelay(relay, registry).WithAnnouncement(Console.Out);
                akka.WithPbm(endpoint, management, _ => [new ChatPalette(registry, revocations, management)]);
            });
        }
        catch (ConfigException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.BadConfiguration;
        }
    }

    private static Flaw? TryParse(string words)
    {
        var flaws = Flaw.None;
        foreach (var word in words.Split(','))
        {
            if (!Enum.TryParse<Flaw>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var flaw) || flaw == Flaw.None)
                return null;
            flaws |= flaw;
        }

        return flaws;
    }
}
