namespace ChatAkka.Chaos.Faults;

/// <summary>All faults by name.</summary>
internal static class FaultCatalogue
{
    /// <summary>Every fault there is.</summary>
    public static IReadOnlyList<Fault> All { get; } = [.. ProcessFaults.All, .. FreezeFault.All, .. TwinFault.All, .. RedisFaults.All, .. WireFaults.All];

    /// <summary>What another one does as well: everything-kill kills all, rolling-restart ends each with SIGTERM, node-and-relay-kill the
    /// relay, a node that is stopped pauses, and loss delays. A node that freezes until its mailboxes have moved takes 45 s, and twins start five processes: what
    /// they are to show has tests of its own (MailboxFencingSpecs, TwinSpecs).</summary>
    private static readonly string[] s_covered =
        ["all-kill", "node-term", "relay-term", "relay-kill", "node-pause", "delay", "node-freeze-moved", "node-twin"];

    /// <summary>What ends all nodes, or empties Redis: a soak follows one node, and the data, for its whole length.</summary>
    private static readonly string[] s_notInASoak = ["all-kill", "everything-kill", "rolling-restart", "redis-kill", RedisFaults.FailOver];

    /// <summary>Gives those with these names, or all; without those that the network cannot do.</summary>
    /// <param name="names">The names; none for all.</param>
    /// <param name="hasWires">True where wires can be cut.</param>
    /// <param name="isShort">True to leave out, of all, those that another one covers.</param>
    /// <param name="isSoak">True to leave out, of all, those that end every node or empty Redis.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static IReadOnlyList<Fault> Choose(IReadOnlyList<string> names, bool hasWires, bool isShort, bool isSoak = false)
    {
        foreach (var name in names.Where(n => All.All(f => f.Name != n)))
            throw new ArgumentException($"there is no fault '{name}'; there are {string.Join(", ", All.Select(f => f.Name))}");
        bool IsChosen(string name) => names.Count > 0 ? names.Contains(name) : !(isShort && s_covered.Contains(name)) && !(isSoak && s_notInASoak.Contains(name));
        return [.. All.Where(f => IsChosen(f.Name) && (hasWires || !f.NeedsWires))];
    }
}
