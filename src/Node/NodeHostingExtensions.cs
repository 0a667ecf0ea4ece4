using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using ChatAkka.Node.Accounts;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Telemetry;
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
            var counters = new NodeCounters();
            var addresses = new AddressGate(settings.Limits.Address, counters, time);
            var proxies = settings.Proxies is { } trusted ? new ProxyReader(trusted, TransportTimings.Standard.HeaderLimit, counters, time) : null;
            var endpoints = ClientEndpoints(settings, new ClientDoor(addresses, proxies), counters, system);
            var log = Logging.GetLogger(system, nameof(LoginServices));
            var logins = LoginServices.Create(
                settings.Auth,
                revocations,
                () => ShardedAccounts.Start(system, AccountTimings.Standard),
                problem => log.Error("A file with keys changed and cannot be used. The keys of before stay: {0}", problem),
                time);
            system.ActorOf(
                Props.Create(() => new NodeActor(settings, registry, mailboxStore, endpoints, addresses, counters, logins, Console.Out, store, time)),
                ClusterNames.Node);
        });

    /// <summary>Says where clients connect, and how they are transported there.</summary>
    private static IReadOnlyList<ClientEndpoint> ClientEndpoints(NodeSettings settings, ClientDoor door, NodeCounters counters, ActorSystem system)
    {
        var (listener, timings, time) = (settings.Listener, TransportTimings.Standard, TimeProvider.System);
        var endpoints = new List<ClientEndpoint>();
        if (listener.Address is { } plain)
            endpoints.Add(new ClientEndpoint(ClientTransportKind.Plain, new SocketTransport(door, timings), plain, listener.Advertise, "--listen"));
        if (listener.TlsAddress is { } secure && settings.Tls is { } tls)
        {
            var log = Logging.GetLogger(system, typeof(TlsTransport));
            var files = new TlsFiles(tls, timings.CertificateCheck, log, time);
            system.RegisterOnTermination(files.Dispose);
            var failures = new HandshakeFailures(timings.FailurePace, log, time);
            endpoints.Add(new ClientEndpoint(
                ClientTransportKind.Tls, new TlsTransport(door, tls, files, timings, failures, counters, time), secure, listener.TlsAdvertise, "--tls-listen"));
        }

        return endpoints;
    }

    /// <summary>Makes this member watch how full the store is, where the store has a bound.</summary>
    public static AkkaConfigurationBuilder WithStoreGauge(this AkkaConfigurationBuilder builder, StoreGauge gauge) =>
        builder.WithActors((system, _) => system.ActorOf(Props.Create(() => new StoreGaugeActor(gauge, new MailboxTimings())), StoreGaugeActor.Name));
}
