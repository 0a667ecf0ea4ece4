using ChatAkka.Chaos.Lab;
using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Faults;

/// <summary>Processes die, stop, and are told to go.</summary>
internal static class ProcessFaults
{
    /// <summary>A killed node's keys are gone within this; measured, with room for a busy machine.</summary>
    private static readonly TimeSpan s_removal = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan s_crashBound = TimeSpan.FromSeconds(5);

    /// <summary>The same where the process is only silent, and where the relay died with the node.</summary>
    private static readonly TimeSpan s_silenceBound = TimeSpan.FromSeconds(14);

    private static readonly TimeSpan s_takeOverBound = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(10);

    public static IEnumerable<Fault> All =>
    [
        new("node-kill", false, c => KillNodeAsync(c, [c.PickBusyNode()], s_crashBound)),
        new("node-term", false, c => TermAsync(c, c.PickBusyNode())),
        new("node-pause", false, PauseNodeAsync),
        new("node-stop", false, StopNodeAsync),
        new("node-wake-kill", false, WakeAndKillAsync),
        new("relay-kill", false, KillRelayAsync),
        new("relay-term", false, c => TermAsync(c, c.Lab.ActingRelay)),
        new("relay-stop", false, StopRelayAsync),
        new("node-and-relay-kill", false, KillBothAsync),
        new("all-kill", false, c => KillAllAsync(c, andRedis: false)),
        new("everything-kill", false, c => KillAllAsync(c, andRedis: true)),
        new("rolling-restart", false, RollAsync),
    ];

    private static async Task KillNodeAsync(FaultContext c, IReadOnlyList<LabProcess> nodes, TimeSpan bound)
    {
        var holders = c.HoldersOn(nodes);
        c.RecoverFrom = Clock.Now;
        foreach (var node in nodes)
        {
            node.IsHeld = true;
            c.NoteDead(node, bound);
            node.Signal("KILL");
            c.Afterwards(() => StartAgainAsync(node));
        }

        await c.AwaitKeysGoneAsync(holders, c.RecoverFrom, bound);
    }

    private static async Task TermAsync(FaultContext c, LabProcess process)
    {
        c.RecoverFrom = Clock.Now;
        process.IsHeld = true;
        process.Signal("TERM");
        c.Expect(await process.ExitAsync(c.Patiently(s_stopLimit)) == 0, $"{process.Host} exits with 0 within {s_stopLimit.TotalSeconds} s of SIGTERM");
        c.Log.Note($"{process.Host} stopped after {(Clock.Now - c.RecoverFrom) / 1e6:F2} s");
        c.Afterwards(() => StartAgainAsync(process));
    }

    private static async Task PauseNodeAsync(FaultContext c)
    {
        var node = c.PickBusyNode();
        var incarnation = node.Incarnation;
        c.NoteDisturbed(node, TimeSpan.FromSeconds(6));
        node.Signal("STOP");
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        node.Signal("CONT");
        c.RecoverFrom = Clock.Now;
        c.Afterwards(() =>
        {
            c.Expect(node.Incarnation == incarnation, "a node that was stopped for 1.5 s stays");
            return Task.CompletedTask;
        });
    }

    private static async Task StopNodeAsync(FaultContext c)
    {
        var node = c.PickBusyNode();
        var incarnation = node.Incarnation;
        var holders = c.HoldersOn(node);
        var start = Clock.Now;
        c.NoteDisturbed(node, TimeSpan.FromSeconds(30));
        c.NoteDead(node, s_silenceBound);
        node.Signal("STOP");
        await c.AwaitKeysGoneAsync(holders, start, s_silenceBound);
        await c.ExpectAsync(() => c.Probe.Nodes?.Overlaps(holders) == false, s_silenceBound, "the stopped node is off the list");
        await Task.Delay(TimeSpan.FromSeconds(1));
        node.Signal("CONT");
        c.RecoverFrom = Clock.Now;
        await c.ExpectExitAsync(node, incarnation, exitCode: 1, s_stopLimit);
    }

    /// <summary>A node that was declared dead wakes up, finds logins in its sockets, and dies before it can go in order. It still reaches Redis, but no other
    /// member, which would tell it at once that it was removed. On loopback, where wires cannot be cut, they may do so.</summary>
    private static async Task WakeAndKillAsync(FaultContext c)
    {
        var node = c.PickBusyNode();
        var holders = c.HoldersOn(node);
        var start = Clock.Now;
        node.IsHeld = true;
        c.NoteDisturbed(node, TimeSpan.FromSeconds(30));
        node.Signal("STOP");
        await c.AwaitKeysGoneAsync(holders, start, s_silenceBound);

        // Its users left it before it was declared dead; it has to be that as well.
        await c.ExpectAsync(() => c.Probe.Nodes?.Overlaps(holders) == false, s_silenceBound, "the stopped node is off the list");

        // It is off the list as soon as it is downed; the clean-up after its removal would take away what it claims.
        await Task.Delay(s_removal);
        var clients = new List<ChatClient>();
        foreach (var name in ChaosRun.Sleepers)
        {
            var client = await ChatClient.ConnectAsync(c.Lab.ClientAddressOf(node.Host));
            await client.SendAsync($"login {name}");
            clients.Add(client);
        }

        if (c.Network.HasWires)
            await c.Network.DropAsync(from other in c.Lab.Members where other != node from pair in new[] { (node.Host, other.Host), (other.Host, node.Host) } select pair);
        node.Signal("CONT");
        await FaultContext.UntilAsync(
            () => !node.IsRunning || (c.Probe.Last is { } last && ChaosRun.Sleepers.Any(last.ContainsKey)), c.Patiently(TimeSpan.FromSeconds(2)));
        node.Signal("KILL");
        c.NoteDead(node, TimeSpan.FromSeconds(1));
        c.RecoverFrom = Clock.Now;
        if (c.Network.HasWires)
            await c.Network.HealAsync();
        clients.ForEach(client => client.Dispose());
        await Task.Delay(TimeSpan.FromSeconds(2));
        c.Afterwards(() => StartAgainAsync(node));
    }

    private static async Task KillRelayAsync(FaultContext c)
    {
        var relay = c.Lab.ActingRelay;
        var term = relay.Term;
        relay.IsHeld = true;
        c.RecoverFrom = Clock.Now;
        relay.Signal("KILL");
        await c.ExpectAsync(() => c.Lab.Relays.Any(r => r.Term > term), s_takeOverBound, "the stand-by acts");
        c.Afterwards(() => StartAgainAsync(relay));
    }

    private static async Task StopRelayAsync(FaultContext c)
    {
        var relay = c.Lab.ActingRelay;
        var (term, incarnation) = (relay.Term, relay.Incarnation);
        relay.Signal("STOP");
        await c.ExpectAsync(() => c.Lab.Relays.Any(r => r.Term > term), s_takeOverBound, "the stand-by acts");
        await Task.Delay(TimeSpan.FromSeconds(1));
        relay.Signal("CONT");
        c.RecoverFrom = Clock.Now;
        await c.ExpectExitAsync(relay, incarnation, exitCode: 1, TimeSpan.FromSeconds(15));
    }

    private static async Task KillBothAsync(FaultContext c)
    {
        var relay = c.Lab.ActingRelay;
        relay.IsHeld = true;
        relay.Signal("KILL");
        c.Afterwards(() => StartAgainAsync(relay));
        await KillNodeAsync(c, [c.PickBusyNode()], s_silenceBound);
    }

    /// <summary>Every member dies at once, and Redis with them, which has written down what it answered. The relay that comes deletes
    /// what the dead left.</summary>
    private static async Task KillAllAsync(FaultContext c, bool andRedis)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(c.Random.Next(500)));
        var holders = c.HoldersOn(c.Lab.Nodes);
        var start = Clock.Now;
        foreach (var member in c.Lab.Members)
        {
            member.IsHeld = true;
            c.NoteDisturbed(member, TimeSpan.FromSeconds(5));
            member.Signal("KILL");
        }

        foreach (var node in c.Lab.Nodes)
            c.NoteDead(node, TimeSpan.FromSeconds(40));
        foreach (var member in c.Lab.Members)
            await member.ExitAsync(s_stopLimit);
        if (andRedis)
        {
            c.NoteDisturbed(ChaosOptions.Redis, TimeSpan.FromSeconds(5));
            c.Lab.Redis.Signal("KILL");
            await c.Lab.Redis.ExitAsync(s_stopLimit);
            await c.Lab.RestartRedisAsync(keepsData: true);
        }

        c.RecoverFrom = Clock.Now;
        foreach (var member in c.Lab.Relays.Concat(c.Lab.Nodes))
        {
            member.Start();
            member.IsHeld = false;
        }

        await c.AwaitKeysGoneAsync(holders, start, TimeSpan.FromSeconds(40));
    }

    private static async Task RollAsync(FaultContext c)
    {
        foreach (var member in c.Lab.Nodes.Concat(c.Lab.Relays))
        {
            member.IsHeld = true;
            member.Signal("TERM");
            c.Expect(await member.ExitAsync(c.Patiently(s_stopLimit)) == 0, $"{member.Host} exits with 0 within {s_stopLimit.TotalSeconds} s of SIGTERM");
            await StartAgainAsync(member);
        }

        c.RecoverFrom = Clock.Now;
    }

    private static async Task StartAgainAsync(LabProcess process)
    {
        await process.ExitAsync(s_stopLimit);
        process.Start();
        process.IsHeld = false;
        await process.ReadyAsync();
    }
}
