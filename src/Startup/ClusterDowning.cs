using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.SBR;

namespace ChatAkka.Startup;

/// <summary>Akka's split-brain resolver without its removal margin: <c>akka.cluster.downing-provider-class</c>.</summary>
/// <remarks>The margin is the time for which shards and singletons wait after a member was removed, so that it has time to stop. Here nothing waits. A
/// process that has ended needs no time. A silent process may go on after it was removed, for longer than any margin, so the store refuses what it writes. The
/// resolver itself cannot do without a margin: it takes <c>stable-after</c> where the setting is zero. docs/decisions/0039.</remarks>
internal sealed class ClusterDowning : IDowningProvider
{
    private readonly SplitBrainResolverProvider _resolver;

    /// <summary>Made by Akka.Cluster.</summary>
    public ClusterDowning(ActorSystem system, Cluster cluster) => _resolver = new SplitBrainResolverProvider(system, cluster);

    /// <inheritdoc/>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    /// <inheritdoc/>
    public Props DowningActorProps => _resolver.DowningActorProps;
}
