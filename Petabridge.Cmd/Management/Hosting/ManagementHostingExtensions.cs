using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using ChatAkka.Management.Commands;
using ChatAkka.Management.Palettes;

namespace ChatAkka.Management.Hosting;

/// <summary>Lets this process be managed with <c>pbm</c>.</summary>
public static class ManagementHostingExtensions
{
    /// <summary>Name of the actor below <c>/user</c>.</summary>
    public const string ActorName = "pbm";

    /// <summary>Starts the host with the palettes that every member has, and those given.</summary>
    /// <param name="builder">The actor system's builder.</param>
    /// <param name="endpoint">The socket at which clients connect. If another process has the port, it is taken over when it is free.</param>
    /// <param name="settings">The bounds.</param>
    /// <param name="more">Makes the other palettes.</param>
    public static AkkaConfigurationBuilder WithPbm(
        this AkkaConfigurationBuilder builder,
        ManagementEndpoint endpoint,
        ManagementSettings settings,
        Func<ActorSystem, IEnumerable<CommandPaletteHandler>> more) =>
        builder.WithActors((system, _) =>
        {
            if (settings.Address is null)
                return;
            var bound = endpoint.Socket;
            var address = Cluster.Get(system).SelfAddress;
            var member = $"{address.Host}:{address.Port}";
            var time = TimeProvider.System;
            var timings = PaletteTimings.Of(settings.AnswerTimeout);
            IReadOnlyList<CommandPaletteHandler> handlers =
            [
                new ActorPalette(), new ClusterPalette(timings, time), new ShardingPalette(timings), new LogPalette(), new SystemPalette(time), .. more(system),
            ];
            Func<Socket, Props> host = socket => Props.Create(() => new CommandHostActor(socket, settings, HostTimings.Standard, member, handlers, time));
            system.ActorOf(Props.Create(() => new ManagementActor(bound, settings, host)), ActorName);
        });
}
