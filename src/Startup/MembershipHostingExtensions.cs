using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using ChatAkka.Sessions;

namespace ChatAkka.Startup;

/// <summary>Starts the actors with which every member takes part in the cluster.</summary>
internal static class MembershipHostingExtensions
{
    /// <summary>Starts the actors that join or found the cluster, probe lost members, and warn if there are only two members.</summary>
    public static AkkaConfigurationBuilder WithMembership(
        this AkkaConfigurationBuilder builder, ClusterSettings settings, IClusterDirectory directory) =>
        builder.WithActors((system, _) =>
        {
            system.ActorOf(Props.Create(() => new ClusterEntryActor(settings, directory, TimeProvider.System)), "cluster-entry");
            var probe = settings.CrashProbe;
            system.ActorOf(Props.Create(() => new CrashProbeActor(probe, TimeProvider.System)), "crash-probe");
            var after = settings.Timings.WarnOfTwoAfter;
            system.ActorOf(Props.Create(() => new VoterWarningActor(after)), "voter-warning");
        });

    /// <summary>This member's cluster address, as HOST:PORT.</summary>
    public static string AddressOf(Cluster cluster) => new HostPort(cluster.SelfAddress.Host!, cluster.SelfAddress.Port ?? 0).ToString();
}
