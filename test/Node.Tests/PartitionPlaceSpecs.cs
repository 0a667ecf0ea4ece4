using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Mailboxes;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>Two nodes with the shards of the mailboxes, whose entities only say where they are.</summary>
public class PartitionPlaceSpecs() : TestKit(Settings)
{
    private const string Settings = """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.cluster.sharding { state-store-mode = ddata, retry-interval = 100ms, distributed-data.durable.keys = [], rebalance-interval = 1h }
        akka.cluster { gossip-interval = 100ms, leader-actions-interval = 100ms, min-nr-of-members = 1 }
        """;

    private const string Shard = "28";

    [Fact]
    public async Task Should_go_to_the_one_owner_again_when_a_region_believes_that_a_shard_is_its_own()
    {
        var other = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        try
        {
            var (here, there) = (await StartAsync(Sys, Sys), await StartAsync(other, Sys));
            var home = await WhereAsync(Sys, here);
            (await WhereAsync(other, there)).ShouldBe(home);

            // The region that does not have the shard hears that it has it, as after a hand-off that was given up and ended late.
            var (wrong, system) = home == NameOf(Sys) ? (there, other) : (here, Sys);
            wrong.Tell(ShardHome(system, wrong), ActorRefs.NoSender);
            await Eventually.TrueAsync(async () => await WhereAsync(system, wrong) == NameOf(system), "there are two owners");

            PartitionPlace.AskAgain(system, int.Parse(Shard, System.Globalization.CultureInfo.InvariantCulture));
            await Eventually.TrueAsync(async () => await WhereAsync(system, wrong) == home, "both nodes send to the same owner");
        }
        finally
        {
            await other.Terminate();
        }
    }

    private static async Task<IActorRef> StartAsync(ActorSystem system, ActorSystem seed)
    {
        var cluster = Cluster.Get(system);
        cluster.Join(Cluster.Get(seed).SelfAddress);
        await Eventually.TrueAsync(() => cluster.SelfMember.Status == MemberStatus.Up, "the node is up");
        var sharding = ClusterSharding.Get(system);
        return sharding.Start(Partitions.TypeName, _ => Props.Create(() => new Entity()), ClusterShardingSettings.Create(system), new Extractor());
    }

    private static string NameOf(ActorSystem system) => Cluster.Get(system).SelfUniqueAddress.ToString();

    private static async Task<string?> WhereAsync(ActorSystem system, IActorRef region)
    {
        try
        {
            return await region.Ask<string>("where", TimeSpan.FromSeconds(2));
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>What the coordinator says to a region: field 1 is the shard, field 2 the region that has it.</summary>
    private static object ShardHome(ActorSystem system, IActorRef region)
    {
        var (shard, path) = (System.Text.Encoding.UTF8.GetBytes(Shard), System.Text.Encoding.UTF8.GetBytes(Akka.Serialization.Serialization.SerializedActorPath(region)));
        return system.Serialization.Deserialize([0x0A, (byte)shard.Length, .. shard, 0x12, (byte)path.Length, .. path], 13, "BE");
    }

    private sealed class Entity : ReceiveActor
    {
        public Entity() => ReceiveAny(_ => Sender.Tell(NameOf(Context.System)));
    }

    private sealed class Extractor : IMessageExtractor
    {
        public string? EntityId(object message) => message is string ? Shard : null;

        public object EntityMessage(object message) => message;

        public string? ShardId(object message) => EntityId(message);

        public string ShardId(string entityId, object? messageHint = null) => entityId;
    }
}
