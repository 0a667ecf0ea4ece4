namespace ChatAkka.Chaos.Faults;

/// <summary>All faults by name.</summary>
internal static class FaultCatalogue
{
    /// <summary>Every fault there is.</summary>
    public static IReadOnlyList<Fault> All { get; } = [.. ProcessFaults.All, .. RedisFaults.All, .. WireFaults.All];

    /// <summary>Gives those with these names, or all; without those that the network cannot do.</summary>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static IReadOnlyList<Fault> Choose(IReadOnlyList<string> names, bool hasWires)
    {
        foreach (var name in names.Where(n => All.All(f => f.Name != n)))
            throw new ArgumentException($"there is no fault '{name}'; there are {string.Join(", ", All.Select(f => f.Name))}");
        return [.. All.Where(f => (names.Count == 0 || names.Contains(f.Name)) && (hasWires || !f.NeedsWires))];
    }
}
