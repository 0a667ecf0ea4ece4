using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Authentication.Names;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Links;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Node.Tests.Transport;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>A listener with its connections. The test is its gateway and its clients.</summary>
internal sealed class ListenerKit
{
    public const int Most = 5;
    public const int Backlog = 64;
    public static readonly TimeSpan LoginTimeout = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan RenewGrace = TimeSpan.FromSeconds(25);
    private static readonly NodeId s_self = new("here", 1, 1);
    private readonly TransportKit _transport;

    public ListenerKit(TestKit kit, TransportKit transport, TimeProvider time, Greeting greeting = Greeting.Typed, ConnectionLimits? limits = null, int most = Most, int maxLine = 1024)
    {
        _transport = transport;
        var trace = new TraceLog(time);
        Connections = new ConnectionTable(Counters, trace);
        Gateway = kit.CreateTestProbe();
        var directory = new NodeDirectory(s_self, TimeSpan.Zero);
        var deliveries = new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!);
        var settings = new ConnectionSettings(maxLine, 128 * 1024, 1024, LoginTimeout, IdleTimeout, WriteTimeout, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), greeting, deliveries);
        var (routes, registrar, connections) = (new RouteTable(Connections, 5, s_self), kit.TestActor, Connections);
        var names = new UserNames(new NamePolicy(isSafe: false, []));
        Revoked = new RevokedTokens(names, time);
        ConnectionProps props = (client, at) =>
        {
            var replies = new ClientReplies(client.Outbound, at, directory, Counters);
            var session = new ClientSession(client, registrar, routes, readers: null);
            var chats = new ChatIntake(client, routes, Counters, trace, s_self);
            var logins = new LoginCommands(client, session, replies, new OpenLogins(names), default, AddressGate.Open, time);
            var commands = new ClientCommands(client, session, chats, replies, logins, names, new SharedRegistry(), greeting == Greeting.Typed, time);
            return Props.Create(() => new ConnectionActor(client, session, commands, replies, connections, settings));
        };
        var factory = new ConnectionFactory(settings, limits ?? ConnectionLimits.None, AddressGate.Open, props, offersEcho: false, Counters, time);
        var listening = new ListenerSettings(new HostPort("127.0.0.1", 0), null, null, null, most, Backlog, TimeSpan.Zero);
        ClientEndpoint[] endpoints = [new(ClientTransportKind.Plain, transport.Transport, new HostPort("127.0.0.1", 0), null, "--listen")];
        var timeouts = new ConnectionTimeouts(LoginTimeout, IdleTimeout, WriteTimeout);
        var grants = new GrantCheck(Revoked, RenewGrace, time);
        var parent = kit.CreateTestProbe();
        Actor = parent.ChildActorOf(Props.Create(() => new ListenerActor(
            endpoints, listening, ListenerTimings.Standard, timeouts, grants, factory, Connections, directory, Counters, Gateway)));
        Address = parent.ExpectMsg<ListenerMessage.Bound>(Eventually.Limit).Addresses[0].Text;
    }

    public RevokedTokens Revoked { get; }

    public NodeCounters Counters { get; } = new();

    public ConnectionTable Connections { get; }

    public TestProbe Gateway { get; }

    public IActorRef Actor { get; }

    /// <summary>Where clients connect.</summary>
    public string Address { get; }

    public async Task<LineClient> ConnectAsync() => new(await _transport.ConnectAsync(IPEndPoint.Parse(Address)));

    /// <summary>Connects, and waits until the connection is accepted and answers.</summary>
    public async Task<LineClient> ConnectAndPingAsync()
    {
        var client = await ConnectAsync();
        await client.SendAsync("ping");
        (await client.LineAsync()).ShouldBe("OK ping");
        return client;
    }

    /// <summary>Completes when the listener has handled what it was sent before.</summary>
    public Task<ListenerMessage.DrainStatus> StatusAsync() =>
        Actor.Ask<ListenerMessage.DrainStatus>(new ListenerMessage.AskDrain(), Eventually.Limit);
}
