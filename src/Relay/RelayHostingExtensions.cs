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
    /// <summary>Makes this member a candidate for the relay. The cluster lets one relay act, on one of the members with the role relay.</summary>
    public static AkkaConfigurationBuilder WithRelay(this AkkaConfigurationBuilder builder, RelaySettings settings, ISessionRegistry registry) =>
        builder.WithActors((system, _) =>
        {
            // A stand-by relay acts as soon as the member of the acting one is removed (docs/decisions/0039). If that one still runs unnoticed, its
            // lower term fences it.
            var singleton = ClusterSingletonManagerSettings.Create(system)
                .WithRole(ClusterNames.RelayRole)
                .WithSingletonName(ClusterNames.RelayInstance);
            var relay = Props.Create(() => new RelayActor(settings, registry, TimeProvider.System));
            var answerLimit = settings.AgentAnswerLimit;
            system.ActorOf(ClusterSingletonManager.Props(relay, PoisonPill.Instance, singleton).WithSupervisorStrategy(new EndProcessStrategy()), ClusterNames.RelayManager);
            system.ActorOf(Props.Create(() => new RelayAgentActor(answerLimit)), ClusterNames.RelayAgent);
        });

    /// <summary>Prints a line when this process is a member of the cluster and its relay can act.</summary>
    internal static AkkaConfigurationBuilder WithAnnouncement(this AkkaConfigurationBuilder builder, TextWriter console) =>
        builder.WithActors((system, _) =>
        {
            var cluster = Cluster.Get(system);
            cluster.RegisterOnMemberUp(() => console.WriteLine($"ChatAkka relay {cluster.SelfAddress.Host}:{cluster.SelfAddress.Port} is ready"));
        });
}
