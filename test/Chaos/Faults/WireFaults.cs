namespace ChatAkka.Chaos.Faults;

/// <summary>Wires are cut, flap, lose and delay.</summary>
internal static class WireFaults
{
    /// <summary>A node that is cut off has no keys left after this, and has ended; measured, with room for a busy machine.</summary>
    private static readonly TimeSpan s_cutBound = TimeSpan.FromSeconds(15);

    /// <summary>A relay of a minority: the resolver waits anew whenever another one of the minority goes.</summary>
    private static readonly TimeSpan s_relayCutBound = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan s_aftermath = TimeSpan.FromSeconds(6);

    public static IEnumerable<Fault> All =>
    [
        new("node-cut", true, CutNodeAsync),
        new("relay-cut", true, CutRelayAsync),
        new("node-flap", true, FlapAsync),
        new("split", true, SplitAsync),
        new("one-way", true, c => ForAWhileAsync(c, () => OneWayAsync(c), c.Length(3, 4))),
        new("loss", true, c => ForAWhileAsync(c, () => c.Network.LoseAsync(10), c.Length(3, 8))),
        new("delay", true, c => ForAWhileAsync(
            c, () => c.Network.DelayAsync(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50)), c.Length(3, 8))),
        new("reset", true, c => ForAWhileAsync(c, () => c.Network.ResetAsync(c.PickBusyNode().Host), TimeSpan.FromSeconds(0.5))),
    ];

    private static async Task CutNodeAsync(FaultContext c)
    {
        var node = c.PickBusyNode();
        var incarnation = node.Incarnation;
        var holders = c.HoldersOn(node);
        var start = Clock.Now;
        c.NoteDisturbed(node, TimeSpan.FromSeconds(30));
        c.NoteDead(node, s_cutBound);
        await c.Network.IsolateAsync(node.Host);
        await Task.WhenAll(c.AwaitKeysGoneAsync(holders, start, s_cutBound), c.ExpectExitAsync(node, incarnation, exitCode: 1, s_cutBound));
        await c.Network.HealAsync();
        c.RecoverFrom = Clock.Now;
    }

    private static async Task CutRelayAsync(FaultContext c)
    {
        var relay = c.Lab.ActingRelay;
        var (term, incarnation) = (relay.Term, relay.Incarnation);
        await c.Network.IsolateAsync(relay.Host);
        await Task.WhenAll(
            c.ExpectExitAsync(relay, incarnation, exitCode: 1, s_cutBound),
            c.ExpectAsync(() => c.Lab.Relays.Any(r => r.Term > term), s_cutBound, "the stand-by acts"));
        await c.Network.HealAsync();
        c.RecoverFrom = Clock.Now;
    }

    private static async Task FlapAsync(FaultContext c)
    {
        var node = c.PickBusyNode();
        var incarnations = c.Lab.Members.Select(m => m.Incarnation).ToList();
        var length = c.Length(8, 40);
        c.NoteDisturbed(node, length + s_aftermath);
        for (var end = Clock.Now + Clock.Of(length); Clock.Now < end;)
        {
            await c.Network.IsolateAsync(node.Host);
            await Task.Delay(TimeSpan.FromSeconds(2.5));
            await c.Network.HealAsync();
            await Task.Delay(TimeSpan.FromSeconds(1.5));
        }

        c.RecoverFrom = Clock.Now;
        c.Afterwards(() =>
        {
            var removed = c.Lab.Members.Where((m, i) => m.Incarnation != incarnations[i]).Select(m => m.Host).ToList();
            c.Expect(removed.All(h => h == node.Host), $"a flapping link removes nobody on the other side of it; it removed {string.Join(", ", removed)}");

            // TCP waits twice as long after each try: where its tries fall into the cuts again and again, the host is silent for good.
            if (removed.Contains(node.Host))
                c.Log.Note($"{node.Host} was removed");
            return Task.CompletedTask;
        });
    }

    /// <summary>The members fall apart in a majority and a minority; Redis and the clients are reached from both.</summary>
    private static async Task SplitAsync(FaultContext c)
    {
        var members = c.Lab.Members.ToList();
        var minority = members.Where(m => m != c.Lab.Spared).OrderBy(_ => c.Random.Next()).Take((members.Count - 1) / 2).ToList();
        var majority = members.Except(minority).ToList();
        var incarnations = members.Select(m => m.Incarnation).ToList();
        c.Log.Note($"{string.Join(",", minority.Select(m => m.Host))} against {string.Join(",", majority.Select(m => m.Host))}");
        var dead = minority.Intersect(c.Lab.Nodes).ToList();
        var holders = c.HoldersOn(dead);
        foreach (var node in dead)
            c.NoteDead(node, s_cutBound);
        foreach (var member in members)
            c.NoteDisturbed(member, TimeSpan.FromSeconds(30));
        await c.Network.DropAsync(from a in minority from b in majority from pair in new[] { (a.Host, b.Host), (b.Host, a.Host) } select pair);
        await Task.WhenAll(minority.Select(
            m => c.ExpectExitAsync(m, incarnations[members.IndexOf(m)], exitCode: 1, dead.Contains(m) ? s_cutBound : s_relayCutBound)));
        c.Expect(majority.All(m => m.Incarnation == incarnations[members.IndexOf(m)]), "the majority stays");
        await c.Network.HealAsync();
        c.RecoverFrom = Clock.Now;
        if (holders.Count > 0)
            await c.AwaitKeysGoneAsync(holders, c.RecoverFrom, s_cutBound);
    }

    private static async Task ForAWhileAsync(FaultContext c, Func<Task> begin, TimeSpan length)
    {
        foreach (var member in c.Lab.Members)
            c.NoteDisturbed(member, length + s_aftermath);
        c.NoteDisturbed(ChaosOptions.Redis, length + s_aftermath);
        await begin();
        await Task.Delay(length);
        await c.Network.HealAsync();
        c.RecoverFrom = Clock.Now;
    }

    private static Task OneWayAsync(FaultContext c)
    {
        var (from, to) = (c.PickBusyNode(), c.Pick(c.Lab.Members.ToList()));
        return c.Network.DropAsync([(from.Host, to.Host)]);
    }
}
