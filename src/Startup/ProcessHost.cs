using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using ChatAkka.Protocol.Internode;
using ChatAkka.Runtime.Serializers;
using ChatAkka.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatAkka.Startup;

/// <summary>Runs one member of the cluster until it is asked to stop or is removed from the cluster.</summary>
public static class ProcessHost
{
    private static readonly Config s_guardian = ConfigurationFactory.ParseString(
        $"akka.actor.guardian-supervisor-strategy = \"{typeof(EndProcessStrategy.OfGuardian).AssemblyQualifiedName}\"");

    /// <summary>Starts the actor system with what <paramref name="configure"/> adds, and waits until it ends.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="cluster">Settings of this process as a member of the cluster.</param>
    /// <param name="directory">Tells whether a cluster runs already.</param>
    /// <param name="configure">Adds the actors of this program.</param>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(
        Config config, ClusterSettings cluster, IClusterDirectory directory, Action<AkkaConfigurationBuilder> configure)
    {
        var refused = RefusedMessages.Standard();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Warning);
        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        builder.Services.AddAkka(ClusterNames.System, akka =>
        {
            if (cluster.Security.Proofs is { } proofs)
                akka.AddSetup(proofs);
            akka.AddSetup(new LogFilterSetup([refused]));
            akka.AddHocon(cluster.ToHocon().WithFallback(s_guardian).WithFallback(config), HoconAddMode.Replace);
            akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLogger<DefaultLogger>();
            });
            akka.WithMembership(cluster, directory);
            configure(akka);
        });

        using var host = builder.Build();
        ActorSystem system;
        try
        {
            system = host.Services.GetRequiredService<ActorSystem>();
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(
                $"cannot start the cluster endpoint on {cluster.Address}: {e.GetBaseException().Message}\nName another with --cluster HOST:PORT").ConfigureAwait(false);
            return ExitCodes.BadConfiguration;
        }

        await host.RunAsync().ConfigureAwait(false);
        if (refused.Count > 0)
            await Console.Error.WriteLineAsync($"Messages of other members that were refused: {refused.Count}").ConfigureAwait(false);
        await directory.LeaveAsync(MembershipHostingExtensions.AddressOf(Cluster.Get(system))).ConfigureAwait(false);
        return ExitCodeOf(CoordinatedShutdown.Get(system).ShutdownReason);
    }

    /// <summary>True if a member stops because of a failure or because it was removed from the cluster, and not because it was asked to stop.</summary>
    public static bool IsFailure(CoordinatedShutdown.Reason? reason) => ExitCodeOf(reason) == ExitCodes.Failed;

    private static int ExitCodeOf(CoordinatedShutdown.Reason? reason) => reason switch
    {
        CoordinatedShutdown.ClusterDowningReason => ExitCodes.Failed,
        CoordinatedShutdown.ClusterJoinUnsuccessfulReason => ExitCodes.Failed,
        StoppedForGood stopped => stopped.ExitCode,
        _ => ExitCodes.Ok,
    };

    /// <summary>A reason for a shutdown that also gives the exit code of the process.</summary>
    /// <param name="exitCode">The exit code.</param>
    public sealed class StoppedForGood(int exitCode) : CoordinatedShutdown.Reason
    {
        /// <summary>The exit code.</summary>
        public override int ExitCode { get; } = exitCode;
    }
}
