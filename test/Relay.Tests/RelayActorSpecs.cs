using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit.Xunit2;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Relay.Tests;

public class RelayActorSpecs() : TestKit("""
    akka.loglevel = WARNING
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    akka.cluster.roles = [node]
    """)
{
    private static readonly RelaySettings s_settings = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50));
    private readonly FakeRegistry _registry = new();

    [Fact]
    public void Should_forward_frames_to_the_gateway_that_answered_stamped_with_its_term()
    {
        var relay = Start();
        var gateway = CreateTestProbe();
        var node = new NodeId("n", 1, 1);
        relay.Tell(new GatewayHello(node, 42), gateway);
        var frame = new LinkFrame(new NodeId("o", 1, 1), node, 0, new byte[] { 1 });
        relay.Tell(frame);
        gateway.ExpectMsg<LinkFrame>().ShouldBe(frame with { Term = 42 });
    }

    [Fact]
    public void Should_not_listen_to_an_answer_to_an_earlier_relay()
    {
        var relay = Start();
        var gateway = CreateTestProbe();
        var node = new NodeId("127.0.0.1", 1, 1);
        relay.Tell(new GatewayHello(node, 41), gateway);
        relay.Tell(new LinkFrame(node, node, 0, Array.Empty<byte>()));
        gateway.ExpectNoMsg(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Should_clean_up_after_a_node_whose_gateway_died()
    {
        var relay = Start();
        var gateway = CreateTestProbe();
        var node = new NodeId("n", 1, 1);
        relay.Tell(new GatewayHello(node, 42), gateway);
        relay.Tell(new LinkFrame(node, node, 0, Array.Empty<byte>()));
        gateway.ExpectMsg<LinkFrame>();
        Sys.Stop(gateway);
        await Eventually.TrueAsync(() => _registry.Cleaned.Contains((node, 42)), "the dead node is cleaned up");
    }

    [Fact]
    public async Task Should_clean_up_at_its_start_after_nodes_that_are_no_members_and_leave_members_alone()
    {
        var member = await JoinSelfAsync();
        var dead = new NodeId("dead", 1, 1);
        _registry.Nodes.AddRange([dead, member]);
        Start();
        await Eventually.TrueAsync(() => _registry.Cleaned.Contains((dead, 42)), "the dead node is cleaned up");
        _registry.Cleaned.ShouldAllBe(c => c.Node == dead);
    }

    [Fact]
    public async Task Should_leave_the_living_alone_when_it_was_downed_itself()
    {
        var member = await JoinSelfAsync();
        _registry.Nodes.Add(member);
        Start();

        // The cluster extension tells its subscribers, while it shuts down, that every member was removed.
        var cluster = Cluster.Get(Sys);
        cluster.Down(cluster.SelfAddress);
        await Sys.WhenTerminated.WaitAsync(Eventually.Limit);
        _registry.Cleaned.ShouldBeEmpty();
    }

    [Fact]
    public async Task Should_wait_for_the_registry_and_then_act()
    {
        _registry.IsAway = true;
        var dead = new NodeId("dead", 1, 1);
        _registry.Nodes.Add(dead);
        var relay = Start(expectActing: false);
        await Task.Delay(s_settings.RetryInterval * 3);
        relay.Tell(new GatewayHello(dead, 42));
        _registry.Cleaned.ShouldBeEmpty();
        _registry.IsAway = false;
        await Eventually.TrueAsync(() => _registry.Cleaned.Contains((dead, 42)), "the dead node is cleaned up");
    }

    [Fact]
    public async Task Should_repeat_a_clean_up_that_the_registry_did_not_take()
    {
        var relay = Start();
        _registry.CleanUp = new CleanUpOutcome.Unavailable("away");
        var gateway = CreateTestProbe();
        relay.Tell(new GatewayHello(new NodeId("n", 1, 1), 42), gateway);
        Sys.Stop(gateway);
        await Eventually.TrueAsync(() => _registry.Cleaned.Count >= 2, "it is tried again");

        // Once it succeeded it is over: nothing asks for it any more.
        _registry.CleanUp = new CleanUpOutcome.Cleaned(3);
        await Eventually.TrueAsync(async () => (await ReportAsync(relay)).CleanUps is [{ Sessions: 3 }], "it succeeds");
        var tries = _registry.Cleaned.Count;
        await _registry.ListedAsync(times: 2);
        _registry.Cleaned.Count.ShouldBe(tries);
    }

    [Fact]
    public async Task Should_clean_up_after_a_dead_node_when_the_list_came_late()
    {
        // No sweep asks for the list again: the relay tries the question that failed once more.
        var relay = Start(s_settings with { SweepInterval = TimeSpan.FromHours(1) });
        _registry.IsAway = true;
        var gateway = CreateTestProbe();
        var node = new NodeId("n", 1, 1);
        relay.Tell(new GatewayHello(node, 42), gateway);
        Sys.Stop(gateway);
        await _registry.ListedAsync(times: 2);
        _registry.Cleaned.ShouldBeEmpty();
        _registry.IsAway = false;
        await Eventually.TrueAsync(() => _registry.Cleaned.Contains((node, 42)), "the dead node is cleaned up");
    }

    [Fact]
    public async Task Should_end_the_process_with_1_when_another_relay_has_a_later_term()
    {
        _registry.CleanUp = new CleanUpOutcome.Superseded(99);
        var relay = Start();
        Watch(relay);
        var gateway = CreateTestProbe();
        relay.Tell(new GatewayHello(new NodeId("n", 1, 1), 42), gateway);
        Sys.Stop(gateway);
        ExpectTerminated(relay);
        await Eventually.TrueAsync(() => CoordinatedShutdown.Get(Sys).ShutdownReason is not null, "the process ends");
        CoordinatedShutdown.Get(Sys).ShutdownReason.ShouldBeOfType<ProcessHost.StoppedForGood>().ExitCode.ShouldBe(ExitCodes.Failed);
    }

    [Fact]
    public async Task Should_not_stop_for_an_outcome_of_the_instance_before_it()
    {
        var outcome = new TaskCompletionSource<CleanUpOutcome>();
        _registry.Slow = outcome.Task;
        var relay = Start();
        var (dying, gateway) = (CreateTestProbe(), CreateTestProbe());
        relay.Tell(new GatewayHello(new NodeId("n", 1, 1), 42), dying);
        Sys.Stop(dying);
        await Eventually.TrueAsync(() => _registry.Cleaned.Count > 0, "the clean-up is under way");

        // Begins anew in place, as under a supervisor that lets it; its own clean-ups are done at once from here.
        _registry.Slow = null;
        _registry.Throws = new InvalidOperationException("broken");
        await Eventually.TrueAsync(() => _registry.Term == 43, "the next instance draws its term");
        outcome.SetResult(new CleanUpOutcome.Superseded(43));
        await Eventually.TrueAsync(async () => (await ReportAsync(relay)).Term == 43, "it acts");

        var node = new NodeId("m", 1, 1);
        relay.Tell(new GatewayHello(node, 43), gateway);
        relay.Tell(new LinkFrame(node, node, 0, Array.Empty<byte>()));
        gateway.ExpectMsg<LinkFrame>().Term.ShouldBe(43);
        CoordinatedShutdown.Get(Sys).ShutdownReason.ShouldBeNull();
    }

    [Fact]
    public async Task Should_leave_the_other_living_nodes_alone_when_it_was_downed_itself()
    {
        await JoinSelfAsync();
        var cluster = Cluster.Get(Sys);
        using var other = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        var there = Cluster.Get(other);
        await there.JoinAsync(cluster.SelfAddress);
        await Eventually.TrueAsync(() => cluster.State.Members.Count(m => m.Status == MemberStatus.Up) == 2, "the other is up");
        Start();
        _registry.Nodes.AddRange([cluster.SelfUniqueAddress.ToNodeId(), there.SelfUniqueAddress.ToNodeId()]);

        // The cluster extension tells its subscribers, while it shuts down, that every member was removed: the other one lives. Nor does it count
        // what is said of others from then on.
        cluster.Down(cluster.SelfAddress);
        cluster.Down(there.SelfAddress);
        await Sys.WhenTerminated.WaitAsync(Eventually.Limit);
        _registry.Cleaned.ShouldBeEmpty();
        await other.Terminate();
    }

    [Fact]
    public async Task Should_tell_operators_what_it_did()
    {
        _registry.CleanUp = new CleanUpOutcome.Cleaned(3);
        var relay = Start();
        var gateway = CreateTestProbe();
        var (node, other) = (new NodeId("n", 1, 1), new NodeId("o", 2, 2));
        relay.Tell(new GatewayHello(node, 42), gateway);
        relay.Tell(new GatewayHello(other, 42), CreateTestProbe());
        relay.Tell(new LinkFrame(other, node, 0, Array.Empty<byte>()));
        gateway.ExpectMsg<LinkFrame>();
        Sys.Stop(gateway);
        RelayReport report = null!;
        await Eventually.TrueAsync(
            async () => (report = await ReportAsync(relay)).CleanUps.Count > 0, "the clean-up is told");

        (report.IsActing, report.Term, report.Forwarded).ShouldBe((true, 42, 1));
        report.Nodes.ShouldBe(["o:2"]);
        (report.CleanUps[0].Node, report.CleanUps[0].Sessions).ShouldBe((node.ToString(), 3));

        // Another sign of the same death.
        _registry.CleanUp = new CleanUpOutcome.Cleaned(1);
        _registry.Nodes.Add(node);
        await Eventually.TrueAsync(async () => (report = await ReportAsync(relay)).CleanUps.Sum(c => c.Sessions) >= 4, "it is cleaned up after again");
        report.CleanUps.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Should_declare_nobody_dead_by_the_list_for_a_while_after_it_was_suspended()
    {
        var time = new ManualTime();
        var (step, doubt) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
        var relay = Start(s_settings with { SuspendedAfter = 3 * step, DoubtFor = doubt }, time: time);
        await _registry.ListedAsync(times: 2);

        // Frozen for a while: a node that came meanwhile is on the list, and no member as far as this relay knows.
        time.Advance(TimeSpan.FromSeconds(10));
        var (newcomer, dead) = (new NodeId("newcomer", 1, 1), new NodeId("dead", 2, 2));
        _registry.Nodes.Add(newcomer);
        await _registry.ListedAsync(times: 3);
        _registry.Cleaned.ShouldBeEmpty();

        // What the cluster says counts.
        var gateway = CreateTestProbe();
        relay.Tell(new GatewayHello(dead, 42), gateway);
        Sys.Stop(gateway);
        await Eventually.TrueAsync(() => _registry.Cleaned.Contains((dead, 42)), "the node whose gateway died is cleaned up after");
        _registry.Cleaned.ShouldAllBe(c => c.Node == dead);

        // It runs on, and in the end the list counts again.
        for (var passed = TimeSpan.Zero; passed < doubt; passed += step)
        {
            _registry.Cleaned.ShouldAllBe(c => c.Node == dead);
            time.Advance(step);
            await _registry.ListedAsync(times: 2);
        }

        await Eventually.TrueAsync(() => _registry.Cleaned.Contains((newcomer, 42)), "it is still no member");
    }

    private static Task<RelayReport> ReportAsync(IActorRef relay) => relay.Ask<RelayReport>(new RelayActor.AskReport());

    private IActorRef Start(RelaySettings? settings = null, bool expectActing = true, TimeProvider? time = null)
    {
        var relay = Sys.ActorOf(Props.Create(() => new RelayActor(settings ?? s_settings, _registry, time ?? TimeProvider.System)));
        if (expectActing)
            AwaitCondition(() => _registry.Term == 42);
        return relay;
    }

    private async Task<NodeId> JoinSelfAsync()
    {
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
        await Eventually.TrueAsync(() => cluster.SelfMember.Status == MemberStatus.Up, "this system is up");
        return cluster.SelfUniqueAddress.ToNodeId();
    }
}
