using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;

namespace ChatAkka.Relay;

/// <summary>Starts the relay in a process.</summary>
public static class RelayHostingExtensions
{
    /// <summary>Makes this member a candidate for the relay; the cluster lets one of them act, on members of role relay.</summary>
    public static AkkaConfigurationBuilder WithRelay(this AkkaConfigurationBuilder builder, RelaySettings settings, ISessionRegistry registry) =>
        builder.WithActors((system, _) =>
        {
            var singleton = ClusterSingletonManagerSettings.Create(system)
                .WithRole(ClusterNames.RelayRole)
                .WithSingletonName(ClusterNames.RelayInstance);
            var relay = Props.Create(() => new RelayActor(settings, registry, TimeProvider.System));
            system.ActorOf(ClusterSingletonManager.Props(relay, PoisonPill.Instance, singleton), ClusterNames.RelayManager);
        });
}
