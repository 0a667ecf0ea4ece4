using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

/// <summary>Two members in one process, with the settings that are shipped. One of them ends without leaving.</summary>
public sealed class CrashProbeSpecs : IAsyncLifetime
{
    /// <summary>A member is not removed, and nobody tries to connect to it again: nothing else makes the actor probe.</summary>
    private const string NotRemoved = """
        akka.cluster.unreachable-nodes-reaper-interval = 1h
        akka.remote.retry-gate-closed-for = 1h
        """;

    private static readonly CrashProbeSettings s_settings = new(
        Refusals: 3, Interval: TimeSpan.FromMilliseconds(20), Timeout: TimeSpan.FromSeconds(5), GiveUpAfter: TimeSpan.FromSeconds(20));

    private readonly int _port = FreePorts.Next();
    private readonly ManualTime _time = new();
    private ActorSystem _first = null!;
    private ActorSystem _second = null!;
    private IActorRef _probe = ActorRefs.Nobody;

    private Cluster Seen => Cluster.Get(_first);

    private string Address => Cluster.Get(_second).SelfAddress.ToString();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _second.Terminate();
        await _first.Terminate();
    }

    [Fact]
    public async Task Should_remove_a_member_whose_process_has_ended_before_its_heartbeats_are_missed()
    {
        await StartAsync();
        await _second.Terminate();
        var took = await Eventually.TrueAsync(() => Seen.State.Members.Count == 1, "it is removed");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(3), "its heartbeats may be missing for that long");
        await Eventually.TrueAsync(() => !CrashVerdicts.Of(_first.EventStream).IsEnded(Address), "the address may have a new process soon");
    }

    [Fact]
    public async Task Should_probe_again_when_a_heartbeat_that_was_on_its_way_refuted_the_verdict()
    {
        await StartAsync(NotRemoved);
        var (verdicts, address) = (CrashVerdicts.Of(_first.EventStream), Address);
        await _second.Terminate();
        await Eventually.TrueAsync(() => verdicts.IsEnded(address), "there is a verdict");

        // All connections to it are lost by then.
        await Task.Delay(1000);
        verdicts.Refute(address).ShouldBeTrue();
        _first.EventStream.Publish(new VerdictRefuted(address));
        await Eventually.TrueAsync(() => verdicts.IsEnded(address), "there is a verdict again");
    }

    [Fact]
    public async Task Should_probe_again_when_something_happened_while_the_probe_was_about_to_give_up()
    {
        await StartAsync(NotRemoved);
        _first.EventStream.Unsubscribe(_probe, typeof(DisassociatedEvent));
        _probe.Tell(new VerdictRefuted(Address));
        _probe.Tell(new VerdictRefuted(Address));
        await Task.Delay(100);
        _time.Advance(s_settings.GiveUpAfter * 2);
        await Task.Delay(500);
        var (verdicts, address) = (CrashVerdicts.Of(_first.EventStream), Address);
        await _second.Terminate();
        await Eventually.TrueAsync(() => verdicts.IsEnded(address), "there is a verdict");
    }

    [Fact]
    public async Task Should_leave_a_member_alone_that_takes_connections()
    {
        await StartAsync();
        _first.EventStream.Publish(new VerdictRefuted(Address));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        await Task.Delay(500);
        CrashVerdicts.Of(_first.EventStream).IsEnded(Address).ShouldBeFalse();
        Seen.State.Members.Count(m => m.Status == MemberStatus.Up).ShouldBe(2);
    }

    [Fact]
    public async Task Should_move_what_ran_on_a_removed_member_without_a_margin()
    {
        await StartAsync();
        Seen.DowningProvider.ShouldBeOfType<ClusterDowning>().DownRemovalMargin.ShouldBe(TimeSpan.Zero);
    }

    private async Task StartAsync(string more = "")
    {
        (_first, _second) = (Start(FreePorts.Next(), more), Start(_port, more));
        Seen.Join(Seen.SelfAddress);
        Cluster.Get(_second).Join(Seen.SelfAddress);
        await Eventually.TrueAsync(() => Seen.State.Members.Count(m => m.Status == MemberStatus.Up) == 2, "both are members");
        await Eventually.TrueAsync(() => Seen.FailureDetector.IsMonitoring(Cluster.Get(_second).SelfAddress), "it answers heartbeats");
        _probe = _first.ActorOf(Props.Create(() => new CrashProbeActor(s_settings, _time)));
    }

    private static ActorSystem Start(int port, string more) => ActorSystem.Create("ChatAkka", ConfigurationFactory.ParseString($$"""
        akka.loglevel = WARNING
        akka.actor.provider = cluster
        akka.remote.socket-tcp { hostname = "127.0.0.1", port = {{port}} }
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        {{more}}
        """).WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "common.conf")))));
}
