using System.Reflection;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Serialization;
using ChatAkka.Runtime.Serializers;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests.Members;

/// <summary>What a member that proved who it is, or any other on loopback, can make another one do with the messages that it sends.</summary>
public sealed class ListedSerializerSpecs : IAsyncDisposable
{
    private static int s_made;

    private readonly List<ActorSystem> _systems = [];
    private readonly RefusedMessages _refused = new(TimeSpan.FromMinutes(10), TimeProvider.System);

    private static readonly Evil[] s_evil =
    [
        new(999, "x"), new(1, "NotThere1.Type, NotThere1"), new(2, "NotThere2.Type, NotThere2"), new(3, "NotThere3.Type, NotThere3"), new(4, "NotThere4.Type, NotThere4"),
        new(5, "NotThere5.Type, NotThere5"), new(6, "NotThere6.Type, NotThere6"), new(7, "NotThere7.Type, NotThere7"), new(8, "NotThere8.Type, NotThere8"),
        new(16, "NotThere16.Type, NotThere16"), new(16, "STF"), new(16, "K"), new(16, "CF"), new(17, "NotThere17.Type, NotThere17"), new(11, "C"),
        new(22, "NotThere22.Type, NotThere22"), new(22, "Akka.Dispatch.SysMsg.Terminate, Akka"), new(30, "NotThere30.Type, NotThere30"),
        new(36, "NotThere36.Type, NotThere36"), new(7410, "zz9"),
    ];

    [Fact]
    public async Task Should_refuse_frames_of_an_unknown_serializer_manifest_or_type_and_go_on()
    {
        var asked = new List<string>();
        Assembly? OnResolve(object? sender, ResolveEventArgs args)
        {
            lock (asked)
                asked.Add(args.Name);
            return null;
        }

        AppDomain.CurrentDomain.AssemblyResolve += OnResolve;
        try
        {
            var (echo, inbox) = await ConnectAsync();
            foreach (var (i, evil) in s_evil.Index())
            {
                // Also inside of a message to a path.
                echo.Tell(evil, inbox.Receiver);
                _systems[1].ActorSelection(echo.Path).Tell(evil, inbox.Receiver);
                echo.Tell("after", inbox.Receiver);
                (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBe("after", $"{evil}");
                await Eventually.TrueAsync(() => _refused.Count == 2 * (i + 1), $"both are counted: {evil}");
            }

            lock (asked)
                asked.ShouldNotContain(a => a.StartsWith("NotThere", StringComparison.Ordinal));
        }
        finally
        {
            AppDomain.CurrentDomain.AssemblyResolve -= OnResolve;
        }
    }

    [Fact]
    public async Task Should_not_make_actors_or_objects_or_end_actors_for_a_member_with_the_serializers_of_Akka()
    {
        var (far, address) = Start(guarded: true);
        far.ActorOf(Props.Create(() => new Echo()), "echo");
        var (near, _) = Start(guarded: false);
        var echo = await near.ActorSelection($"{address}/user/echo").ResolveOne(Eventually.Limit);
        var inbox = Inbox.Create(near);
        near.ActorOf(Props.Create(() => new Spy()).WithDeploy(new Deploy(new RemoteScope(Address.Parse(address)))), "spy").Tell("x");
        echo.Tell(PoisonPill.Instance, inbox.Receiver);
        echo.Tell(Kill.Instance, inbox.Receiver);
        echo.Tell(new Status.Failure(new FileNotFoundException("x")), inbox.Receiver);
        echo.Tell(new Made(), inbox.Receiver);
        echo.Tell("after", inbox.Receiver);
        (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBe("after");
        await Eventually.TrueAsync(() => _refused.Count >= 5, "each is refused");
        s_made.ShouldBe(1, "the sender's own object is the only one");
        Spy.Made.ShouldBe(0);
    }

    [Fact]
    public async Task Should_still_watch_actors_of_other_members()
    {
        var (far, address) = Start(guarded: true);
        var watched = far.ActorOf(Props.Create(() => new Echo()), "echo");
        var (near, _) = Start(guarded: true);
        var echo = await near.ActorSelection($"{address}/user/echo").ResolveOne(Eventually.Limit);
        var inbox = Inbox.Create(near);
        near.ActorOf(Props.Create(() => new Watcher(echo, inbox.Receiver)));
        (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBe("watching");
        watched.Tell(PoisonPill.Instance);
        (await inbox.ReceiveAsync(Eventually.Limit)).ShouldBe("ended");
    }

    [Fact]
    public void Should_log_one_line_in_a_while_and_count_all_and_leave_other_lines_alone()
    {
        var line = new Warning(new IOException("x"), "akka://x/endpointReader", Type.GetType("Akka.Remote.EndpointReader, Akka.Remote", throwOnError: true)!, "x");
        _refused.ShouldKeepMessage(line).ShouldBe(LogFilterDecision.Keep);
        _refused.ShouldKeepMessage(line).ShouldBe(LogFilterDecision.Drop);
        _refused.ShouldKeepMessage(new Warning("x", typeof(string), "x")).ShouldBe(LogFilterDecision.Keep);
        _refused.Count.ShouldBe(2);
    }

    [Fact]
    public void Should_find_every_name_of_a_type_in_a_register()
    {
        byte[] descriptor = Payloads.Message(4, [.. Payloads.Number(1, 4), .. Payloads.Text(2, "A, a")]);
        RegisterTypes.Of([.. Payloads.Number(1, 5), .. descriptor]).ShouldBe(["A, a"]);
        RegisterTypes.Of([.. descriptor, .. Payloads.Message(4, [.. Payloads.Text(2, "B, b"), .. Payloads.Text(2, "C, c")])]).ShouldBe(["A, a", "B, b", "C, c"]);
        RegisterTypes.Of(Payloads.Number(1, 5)).ShouldBeEmpty();
        Should.Throw<SerializationException>(() => RegisterTypes.Of([0x22, 0x7F]));
    }

    [Fact]
    public void Should_write_system_messages_as_Akka_does()
    {
        var (guarded, _) = Start(guarded: true);
        var (plain, _) = Start(guarded: false);
        var watch = new Watch((IInternalActorRef)ActorRefs.Nobody, (IInternalActorRef)ActorRefs.Nobody);
        var (ours, theirs) = (guarded.Serialization.FindSerializerFor(watch), plain.Serialization.FindSerializerFor(watch));
        ours.Identifier.ShouldBe(theirs.Identifier);
        Serialization.ManifestFor(ours, watch).ShouldBe(Serialization.ManifestFor(theirs, watch));
        ours.ToBinary(watch).ShouldBe(theirs.ToBinary(watch));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }

    /// <summary>Starts a member, and one whose messages of the type <see cref="Evil"/> name any serializer and manifest.</summary>
    private async Task<(IActorRef Echo, Inbox Inbox)> ConnectAsync()
    {
        var (far, address) = Start(guarded: true);
        far.ActorOf(Props.Create(() => new Echo()), "echo");
        var (near, _) = Start(guarded: true, $$"""
            akka.actor.serializers.evil = "{{typeof(EvilSerializer).AssemblyQualifiedName}}"
            akka.actor.serialization-bindings { "{{typeof(Evil).AssemblyQualifiedName}}" = evil }
            """);
        return (await near.ActorSelection($"{address}/user/echo").ResolveOne(Eventually.Limit), Inbox.Create(near));
    }

    private (ActorSystem System, string Address) Start(bool guarded, string more = "")
    {
        var port = FreePorts.Next();
        var own = ConfigurationFactory.ParseString($$"""
            akka.loglevel = WARNING
            akka.stdout-loglevel = OFF
            akka.log-dead-letters = off
            akka.actor.provider = remote
            akka.remote.enabled-transports = ["akka.remote.socket-tcp"]
            akka.remote.socket-tcp {
              hostname = "127.0.0.1", port = {{port}}, transport-class = "ChatAkka.Runtime.SocketRemoteTransport, ChatAkka.Runtime", transport-protocol = tcp
              applied-adapters = [], maximum-frame-size = 128000b, connection-timeout = 5s, backlog = 16
            }
            """);
        if (more.Length > 0)
            own = ConfigurationFactory.ParseString(more).WithFallback(own);
        var config = guarded ? own.WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "common.conf")))) : own;
        var setup = BootstrapSetup.Create().WithConfig(config).And(new LogFilterSetup(_systems.Count == 0 ? [_refused] : []));
        var system = ActorSystem.Create("remote", setup);
        _systems.Add(system);
        return (system, $"akka.tcp://remote@127.0.0.1:{port}");
    }

    public sealed record Evil(int Serializer, string Manifest);

    public sealed class EvilSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        /// <summary>In the sender's own table it takes no place of another: it has its number only after it has written a message.</summary>
        private int _number = 70000;

        public override int Identifier => _number;

        public override string Manifest(object o) => ((Evil)o).Manifest;

        public override byte[] ToBinary(object obj)
        {
            _number = ((Evil)obj).Serializer;
            return Encoding.UTF8.GetBytes("{\"$type\":\"NotThere0.Type, NotThere0\"}");
        }

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }

    public sealed class Made
    {
        public Made() => Interlocked.Increment(ref s_made);
    }

    public sealed class Spy : ReceiveActor
    {
        private static int s_spies;

        public Spy() => Interlocked.Increment(ref s_spies);

        public static int Made => s_spies;
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(m => Sender.Tell(m as string ?? $"got {m.GetType()}"));
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef watched, IActorRef tell)
        {
            Context.Watch(watched);
            watched.Tell("watching", tell);
            Receive<Terminated>(_ => tell.Tell("ended"));
        }
    }
}
