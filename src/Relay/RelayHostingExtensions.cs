using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Hosting;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Relay;

/// <summary>Starts the relay in a process.</summary>
public static class RelayHostingExtensions
{
    /// <summary>Makes this member a candidate for the relay; the cluster lets one of them act, on members of role relay.</summary>
    public static AkkaConfigurationBuilder WithRelay(this AkkaConfigurationBuilder builder, RelaySettings settings, ISessionRegistry registry) =>
        builder.WithActors((system, _) =>
        {
            // A stand-by acts as soon as the other is removed. It need not wait for one that might still act unseen: terms fence that one.
            var singleton = ClusterSingletonManagerSettings.Create(system)
                .WithRole(ClusterNames.RelayRole)
                .WithSingletonName(ClusterNames.RelayInstance)
                .WithRemovalMargin(TimeSpan.FromMilliseconds(1));
            var relay = Props.Create(() => new RelayActor(settings, registry, TimeProvider.System));
            system.ActorOf(ClusterSingletonManager.Props(relay, PoisonPill.Instance, singleton).WithSupervisorStrategy(new EndProcessStrategy()), ClusterNames.RelayManager);
            system.ActorOf(Props.Create(() => new RelayAgentActor()), ClusterNames.RelayAgent);
        });

    /// <summary>Says when this process is a member and can act.</summary>
    internal static AkkaConfigurationBuilder WithAnnouncement(this AkkaConfigurationBuilder builder, TextWriter console) =>
        builder.WithActors((system, _) =>
        {
            var cluster = Cluster.Get(system);
            cluster.RegisterOnMemberUp(() => console.WriteLine($"ChatAkka relay {cluster.SelfAddress.Host}:{cluster.SelfAddress.Port} is ready"));
        });
}
