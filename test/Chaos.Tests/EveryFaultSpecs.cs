using ChatAkka.Chaos.Faults;
using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Tests;

/// <summary>The short form of the chaos program: every fault once, in two runs with half of the faults each.</summary>
public abstract class EveryFaultSpecs(int half)
{
    [FactNeedsRedis]
    public async Task Should_keep_every_promise_through_each_fault()
    {
        List<Fault> faults = [.. FaultCatalogue.Choose([], hasWires: true, isShort: true).Where((_, i) => i % 2 == half)];
        var (code, output) = await ChaosProgram.RunAsync("--rate", "300", "--faults", string.Join(",", faults.Select(f => f.Name)));
        code.ShouldBe(0, output);
        var hasWires = output.Contains("on network namespaces", StringComparison.Ordinal);
        foreach (var fault in faults.Where(f => hasWires || !f.NeedsWires))
            output.ShouldContain($"| {fault.Name} | 1 |");
    }
}
