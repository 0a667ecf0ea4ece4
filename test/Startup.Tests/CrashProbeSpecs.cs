using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

/// <summary>Two members in one process, with the settings that are shipped. One of them ends without leaving.</summary>
public sealed class CrashProbeSpecs : IAsyncLifetime
{
    private static readonly CrashProbeSettings s_probe = new(
        Refusals: 3, Interval: TimeSpan.FromMilliseconds(20), Timeout: TimeSpan.FromSeconds(5), GiveUpAfter: TimeSpan.FromSeconds(20));

    private readonly int _port = FreePorts.Next();
    private ActorSystem _first = null!;
    private ActorSystem _second = null!;

    private Cluster Seen => Cluster.Get(_first);

    private string Address => Cluster.Get(_second).SelfAddress.ToString();

    public async Task InitializeAsync()
    {
        (_first, _second) = (Start(FreePorts.Next()), Start(_port));
        Seen.Join(Seen.SelfAddress);
        Cluster.Get(_second).Join(Seen.SelfAddress);
        await Eventually.TrueAsync(() => Seen.State.Members.Count(m => m.Status == MemberStatus.Up) == 2, "both are members");
        await Eventually.TrueAsync(() => Seen.FailureDetector.IsMonitoring(Cluster.Get(_second).SelfAddress), "it answers heartbeats");
        _first.ActorOf(Props.Create(() => new CrashProbeActor(s_probe, TimeProvider.System)));
    }

    public async Task DisposeAsync()
    {
        await _second.Terminate();
        await _first.Terminate();
    }

    [Fact]
    public async Task Should_remove_a_member_whose_process_has_ended_before_its_heartbeats_are_missed()
    {
        await _second.Terminate();
        var took = await Eventually.TrueAsync(() => Seen.State.Members.Count == 1, "it is removed");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(3), "its heartbeats may be missing for that long");
        await Eventually.TrueAsync(() => !CrashVerdicts.Of(_first.EventStream).IsEnded(Address), "the address may have a new process soon");
    }

    [Fact]
    public async Task Should_probe_again_when_a_heartbeat_that_was_on_its_way_refuted_the_verdict()
    {
        var address = Address;
        await _second.Terminate();
        var verdicts = CrashVerdicts.Of(_first.EventStream);
        await Eventually.TrueAsync(() => verdicts.Refute(address), "there is a verdict, and the member is not removed yet");
        _first.EventStream.Publish(new VerdictRefuted(address));
        var took = await Eventually.TrueAsync(() => Seen.State.Members.Count == 1, "it is removed");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(3), "without a verdict it is removed when its heartbeats are missed");
    }

    [Fact]
    public async Task Should_leave_a_member_alone_that_takes_connections()
    {
        _first.EventStream.Publish(new VerdictRefuted(Address));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        await Task.Delay(500);
        CrashVerdicts.Of(_first.EventStream).IsEnded(Address).ShouldBeFalse();
        Seen.State.Members.Count(m => m.Status == MemberStatus.Up).ShouldBe(2);
    }

    [Fact]
    public void Should_move_what_ran_on_a_removed_member_without_a_margin() =>
        new ClusterDowning(_first, Seen).DownRemovalMargin.ShouldBe(TimeSpan.Zero);

    private static ActorSystem Start(int port) => ActorSystem.Create("ChatAkka", ConfigurationFactory.ParseString($$"""
        akka.loglevel = WARNING
        akka.actor.provider = cluster
        akka.remote.socket-tcp { hostname = "127.0.0.1", port = {{port}} }
        akka.coordinated-shutdown.run-by-actor-system-terminate = off

        # So that a test can come between the verdict and the removal.
        akka.cluster.unreachable-nodes-reaper-interval = 1s
        """).WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "common.conf")))));
}
