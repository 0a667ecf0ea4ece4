using Akka.Actor;
using Akka.Cluster.Sharding;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Divides the mailboxes among the nodes: Cluster Sharding, type <c>mailbox</c>, one entity for each user name.</summary>
internal static class MailboxShards
{
    /// <summary>Name of the entity type.</summary>
    public const string TypeName = "mailbox";

    /// <summary>Starts this node's part; gives the actor that takes every <see cref="MailboxMessage"/>.</summary>
    public static IActorRef Start(ActorSystem system, MailboxServices services)
    {
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system).WithRole(ClusterNames.NodeRole);
        return sharding.Start(
            TypeName,
            name => PropsOf(UserName.TryCreate(name) ?? throw new ArgumentException("a mailbox of no user"), services),
            settings,
            new Extractor(services.Settings.Shards),
            sharding.DefaultShardAllocationStrategy(settings),
            MailboxActor.Stop.Instance);
    }

    private static Props PropsOf(UserName user, MailboxServices services) => Props.Create(() => new MailboxActor(user, services));

    private sealed class Extractor(int shards) : HashCodeMessageExtractor(shards)
    {
        public override string? EntityId(object message) => (message as MailboxMessage)?.User;
    }
}
