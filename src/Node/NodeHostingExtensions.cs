using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using ChatAkka.Node.Accounts;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Mailboxes;
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
    /// <param name="revocations">Where revoked tokens are kept.</param>
    /// <param name="store">What people are told of the store.</param>
    public static AkkaConfigurationBuilder WithNode(
        this AkkaConfigurationBuilder builder,
        NodeSettings settings,
        ISessionRegistry registry,
        IMailboxStore mailboxStore,
        ITokenRevocations revocations,
        string store) =>
        builder.WithActors((system, _) =>
        {
            var time = TimeProvider.System;
            var transport = new SocketTransport(TransportTimings.Standard);
            var log = Logging.GetLogger(system, nameof(LoginServices));
            var logins = LoginServices.Create(
                settings.Auth, revocations, () => ShardedAccounts.Start(system, AccountTimings.Standard), problem => log.Error("A file with keys changed and cannot be used. The keys of before stay: {0}", problem), time);
            system.ActorOf(
                Props.Create(() => new NodeActor(settings, registry, mailboxStore, transport, logins, Console.Out, store, time)), ClusterNames.Node);
        });

    /// <summary>Makes this member watch how full the store is, where the store has a bound.</summary>
    public static AkkaConfigurationBuilder WithStoreGauge(this AkkaConfigurationBuilder builder, StoreGauge gauge) =>
        builder.WithActors((system, _) => system.ActorOf(Props.Create(() => new StoreGaugeActor(gauge, new MailboxTimings())), StoreGaugeActor.Name));
}
