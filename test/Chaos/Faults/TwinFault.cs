using ChatAkka.Chaos.History;
using ChatAkka.Chaos.Lab;

namespace ChatAkka.Chaos.Faults;

/// <summary>A process is started a second time while the first runs: the second must say which port is taken and end, and the first must not notice.</summary>
internal static class TwinFault
{
    private static readonly TimeSpan s_exitWithin = TimeSpan.FromSeconds(10);

    /// <summary>Where a second process were let in, the cluster would down the first within this.</summary>
    private static readonly TimeSpan s_noticed = TimeSpan.FromSeconds(3);

    public static IEnumerable<Fault> All => [new("node-twin", false, InjectAsync)];

    private static async Task InjectAsync(FaultContext c)
    {
        var node = c.PickBusyNode();
        var incarnations = c.Lab.Members.Select(m => m.Incarnation).ToList();
        var since = Clock.Now;
        await StartAsync(c, node, Ports.Clients | Ports.Cluster);
        await StartAsync(c, node, Ports.Clients);
        await StartAsync(c, node, Ports.Cluster);
        await StartAsync(c, node, Ports.Pbm);
        await StartAsync(c, c.Lab.ActingRelay, Ports.Cluster);
        await Task.Delay(s_noticed);
        c.RecoverFrom = Clock.Now;
        c.Expect(c.Lab.Members.Select(m => m.Incarnation).SequenceEqual(incarnations), "who runs goes on when a second one is started");
        var history = new HistoryIndex(c.Log.Copy());
        var lost = history.Connections.Where(l => l.Host == c.AddressOf(node) && !l.IsOpen && l.End >= since && l.Reason != "replaced").ToList();
        c.Expect(lost.Count == 0, $"no client of the first notices the second; {string.Join(", ", lost.Select(l => $"{l.User}: {l.Reason}").Take(5))}");
    }

    private static async Task StartAsync(FaultContext c, LabProcess first, Ports shared)
    {
        await using var twin = c.Lab.StartTwin(first, shared);
        var doubles = new SortedSet<string>(StringComparer.Ordinal);
        var start = Clock.Now;
        await FaultContext.UntilAsync(
            () =>
            {
                doubles.UnionWith(first.SharedPorts());
                return twin.HasExited;
            },
            c.Patiently(s_exitWithin));
        var ended = twin.HasExited ? twin.ExitCode : (int?)null;
        c.Log.Note($"a second {first.Host} with the same {shared} ended after {(Clock.Now - start) / 1e6:F2} s with {ended}");
        c.Expect(ended == 2, $"a second {first.Host} with the same {shared} exits with 2 within {s_exitWithin.TotalSeconds} s; it is {ended?.ToString() ?? "running"}: {twin.Output}");
        c.Expect(doubles.Count == 0, $"no two processes listen at one address; they do at {string.Join(", ", doubles)}");
        var named = c.Lab.AddressesOf(first, shared);
        c.Expect(named.Any(a => twin.Output.Contains(a, StringComparison.Ordinal)), $"it names {string.Join(" or ", named)}: {twin.Output}");
    }
}
