using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport;
using ChatAkka.Runtime;
using ChatAkka.Runtime.Proof;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests.Members;

/// <summary>Transports of members without the rest of Akka.Remote: what reaches it is noted.</summary>
internal sealed class TransportKit : IAsyncDisposable
{
    private readonly List<(SocketRemoteTransport Transport, ActorSystem System)> _started = [];

    /// <summary>Limits that are short enough to wait for.</summary>
    public static RemotingTimings Short { get; } = new(
        acceptPause: TimeSpan.FromMilliseconds(50),
        closeGrace: TimeSpan.FromSeconds(1),
        handshakeLimit: TimeSpan.FromMilliseconds(400),
        handshakeInStorm: TimeSpan.FromMilliseconds(400),
        handshakeSilence: TimeSpan.FromMilliseconds(200),
        fileCheck: TimeSpan.FromMilliseconds(20),
        refusalPace: TimeSpan.FromMinutes(1));

    /// <summary>Starts a transport that listens on loopback.</summary>
    /// <param name="security">What it proves; null for nothing.</param>
    /// <param name="timings">Its limits; null for those of every member.</param>
    public async Task<Member> StartAsync(MemberSecurity? security, RemotingTimings? timings = null)
    {
        var setup = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString("akka.loglevel = WARNING, akka.stdout-loglevel = OFF"));
        var system = ActorSystem.Create("member", security is null ? ActorSystemSetup.Create(setup) : ActorSystemSetup.Create(setup, security));
        var transport = new SocketRemoteTransport(
            system,
            ConfigurationFactory.ParseString("hostname = \"127.0.0.1\", port = 0, maximum-frame-size = 128000b, connection-timeout = 5s, backlog = 16"),
            timings ?? RemotingTimings.Standard,
            TimeProvider.System);
        _started.Add((transport, system));
        var (address, ready) = await transport.Listen();
        var inbound = new Inbound();
        ready.SetResult(inbound);
        var warnings = Inbox.Create(system);
        system.EventStream.Subscribe(warnings.Receiver, typeof(Akka.Event.Warning));
        return new Member(transport, address, inbound, warnings);
    }

    /// <summary>Security by a cookie alone.</summary>
    public static MemberSecurity With(string cookie, bool isTransition = false) => new() { CookieText = cookie, IsTransition = isTransition };

    public async ValueTask DisposeAsync()
    {
        foreach (var (transport, system) in _started)
        {
            await transport.Shutdown();
            await system.Terminate();
        }
    }

    /// <summary>A transport that listens.</summary>
    public sealed record Member(SocketRemoteTransport Transport, Address Address, Inbound Inbound, Inbox Warnings)
    {
        public int Port => Address.Port!.Value;

        /// <summary>Connects as a stranger would.</summary>
        public async Task<TcpClient> ConnectAsync()
        {
            var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync("127.0.0.1", Port);
            return client;
        }

        /// <summary>Dials another member; gives why that was not possible, or null.</summary>
        public async Task<string?> DialAsync(Member other)
        {
            try
            {
                await Transport.Associate(other.Address).WaitAsync(Eventually.Limit);
                return null;
            }
            catch (InvalidAssociationException e)
            {
                return e.Message;
            }
        }

        /// <summary>True if no further warning comes for a moment.</summary>
        public async Task<bool> IsQuietAsync()
        {
            try
            {
                return await Warnings.ReceiveAsync(TimeSpan.FromMilliseconds(100)) is not Akka.Event.Warning;
            }
            catch (TimeoutException)
            {
                return true;
            }
        }

        /// <summary>Waits for a warning and gives its text.</summary>
        public async Task<string> WarningAsync() => (await Warnings.ReceiveAsync(Eventually.Limit)).ToString()!;
    }

    /// <summary>What Akka.Remote would get: nothing is read before it says that it is ready for that.</summary>
    public sealed class Inbound : IAssociationEventListener, IHandleEventListener
    {
        private int _connections;
        private int _payloads;

        public int Connections => Volatile.Read(ref _connections);

        public int Payloads => Volatile.Read(ref _payloads);

        public void Notify(IAssociationEvent ev)
        {
            Interlocked.Increment(ref _connections);
            ((InboundAssociation)ev).Association.ReadHandlerSource.SetResult(this);
        }

        public void Notify(IHandleEvent ev)
        {
            if (ev is InboundPayload)
                Interlocked.Increment(ref _payloads);
        }
    }
}
