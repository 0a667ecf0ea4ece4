using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatAkka.Startup;

/// <summary>Runs one member of the cluster until it is told to stop or loses its place.</summary>
public static class ProcessHost
{
    private static readonly Config s_guardian = ConfigurationFactory.ParseString(
        $"akka.actor.guardian-supervisor-strategy = \"{typeof(EndProcessStrategy.OfGuardian).AssemblyQualifiedName}\"");

    /// <summary>Starts the actor system and what <paramref name="configure"/> adds, and waits for the end.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="cluster">Where this process stands in the cluster.</param>
    /// <param name="directory">Says whether a cluster lives already.</param>
    /// <param name="configure">Adds what this program is for.</param>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(
        Config config, ClusterSettings cluster, IClusterDirectory directory, Action<AkkaConfigurationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Warning);
        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        builder.Services.AddAkka(ClusterNames.System, akka =>
        {
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
        await directory.LeaveAsync(MembershipHostingExtensions.AddressOf(Cluster.Get(system))).ConfigureAwait(false);
        return ExitCodeOf(CoordinatedShutdown.Get(system).ShutdownReason);
    }

    /// <summary>True where a member stops because it lost its place, and not because it was told to.</summary>
    public static bool IsFailure(CoordinatedShutdown.Reason? reason) => ExitCodeOf(reason) == ExitCodes.Failed;

    private static int ExitCodeOf(CoordinatedShutdown.Reason? reason) => reason switch
    {
        CoordinatedShutdown.ClusterDowningReason => ExitCodes.Failed,
        CoordinatedShutdown.ClusterJoinUnsuccessfulReason => ExitCodes.Failed,
        StoppedForGood stopped => stopped.ExitCode,
        _ => ExitCodes.Ok,
    };

    /// <summary>Shuts this process down with an exit code of its own.</summary>
    /// <param name="exitCode">The exit code.</param>
    public sealed class StoppedForGood(int exitCode) : CoordinatedShutdown.Reason
    {
        /// <summary>The exit code.</summary>
        public override int ExitCode { get; } = exitCode;
    }
}
