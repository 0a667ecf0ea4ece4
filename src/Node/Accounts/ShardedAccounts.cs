using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Akka.Actor;
using Akka.Cluster.Sharding;
using ChatAkka.Persistence.Redis;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Accounts;

/// <summary>The accounts as entities of Cluster Sharding, type <c>accounts</c>.</summary>
/// <param name="region">This node's shard region.</param>
/// <param name="log">The journal.</param>
/// <param name="timings">How long an account may take to answer.</param>
internal sealed class ShardedAccounts(IActorRef region, RedisEventLog log, AccountTimings timings) : IAccounts
{
    /// <summary>Name of the entity type.</summary>
    public const string TypeName = "accounts";

    // Ten for each of a handful of nodes. It must never change while nodes of several versions run.
    private const int Shards = 64;

    /// <summary>Starts this node's shard region.</summary>
    public static ShardedAccounts Start(ActorSystem system, AccountTimings timings)
    {
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system).WithRole(ClusterNames.NodeRole).WithPassivateIdleAfter(timings.IdleLimit);
        var region = sharding.Start(
            TypeName,
            entity => Props.Create(() => new AccountActor(entity)),
            settings,
            new Extractor(),
            sharding.DefaultShardAllocationStrategy(settings),
            new AccountActor.Stop());
        return new ShardedAccounts(region, RedisEventLog.Get(system), timings);
    }

    /// <inheritdoc/>
    public async Task<AccountAnswer?> AskAsync(AccountQuestion question)
    {
        try
        {
            return await region.Ask<AccountAnswer>(question, timings.AnswerLimit).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var id in log.FindAsync(AccountIds.Prefix, stop).ConfigureAwait(false))
        {
            if (seen.Add(id) && AccountIds.UserOf(id) is { } user)
                yield return user;
        }
    }

    /// <summary>Says for which account a message is.</summary>
    internal sealed class Extractor : IMessageExtractor
    {
        /// <inheritdoc/>
        public string? EntityId(object message) => message is AccountQuestion q ? AccountIds.Of(q.User) : null;

        /// <inheritdoc/>
        public object EntityMessage(object message) => message;

        /// <inheritdoc/>
        public string? ShardId(object message) => message is AccountQuestion q ? ShardId(AccountIds.Of(q.User)) : null;

        /// <inheritdoc/>
        public string ShardId(string entityId, object? messageHint = null) =>
            (XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(entityId)) % Shards).ToString(CultureInfo.InvariantCulture);
    }
}
