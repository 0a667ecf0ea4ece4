using Akka.Actor;
using Akka.Hosting;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Transport;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;

namespace ChatAkka.Node;

/// <summary>Starts a node in a process.</summary>
internal static class NodeHostingExtensions
{
    /// <summary>Makes this member hold clients.</summary>
    /// <param name="builder">The actor system's builder.</param>
    /// <param name="settings">All settings.</param>
    /// <param name="registry">The session registry.</param>
    /// <param name="mailboxStore">What mailboxes need to know of the store.</param>
    /// <param name="store">What people are told of the store.</param>
    public static AkkaConfigurationBuilder WithNode(
        this AkkaConfigurationBuilder builder, NodeSettings settings, ISessionRegistry registry, IMailboxStore mailboxStore, string store) =>
        builder.WithActors((system, _) =>
        {
            var transport = new SocketTransport(TransportTimings.Standard);
            var loginPolicy = new AnyNameMayLogIn();
            system.ActorOf(
                Props.Create(() => new NodeActor(settings, registry, mailboxStore, transport, loginPolicy, Console.Out, store, TimeProvider.System)), ClusterNames.Node);
        });

    /// <summary>Makes this member watch how full the store is, where the store has a bound.</summary>
    public static AkkaConfigurationBuilder WithStoreGauge(this AkkaConfigurationBuilder builder, StoreGauge gauge) =>
        builder.WithActors((system, _) => system.ActorOf(Props.Create(() => new StoreGaugeActor(gauge, new MailboxTimings())), StoreGaugeActor.Name));
}
