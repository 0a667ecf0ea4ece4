using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using ChatAkka.Protocol.Internode;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatAkka.Startup;

/// <summary>Runs one member of the cluster until it is told to stop or loses its place.</summary>
public static class ProcessHost
{
    /// <summary>Starts the actor system and what <paramref name="configure"/> adds, and waits for the end.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(Config config, ClusterSettings cluster, Action<AkkaConfigurationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Warning);
        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        builder.Services.AddAkka(ClusterNames.System, akka =>
        {
            akka.AddHocon(cluster.ToHocon().WithFallback(config), HoconAddMode.Replace);
            akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLogger<DefaultLogger>();
            });
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

        if (cluster.Join.Count == 0 && cluster.Address.Port == 0)
            Cluster.Get(system).Join(Cluster.Get(system).SelfAddress);
        await host.RunAsync().ConfigureAwait(false);
        return ExitCodeOf(CoordinatedShutdown.Get(system).ShutdownReason);
    }

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
