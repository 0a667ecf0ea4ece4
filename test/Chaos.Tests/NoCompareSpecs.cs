using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Tests;

/// <summary>Servers that delete sessions whoever holds them.</summary>
public sealed class NoCompareSpecs
{
    [FactNeedsRedis]
    public async Task Should_find_the_sessions_that_are_lost_without_the_compare() =>
        await ChaosProgram.ShouldFindAsync("key of the living", "--sabotage", "no-compare", "--faults", "node-kill");
}
