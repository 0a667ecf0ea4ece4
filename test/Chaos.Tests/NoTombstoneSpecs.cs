using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Tests;

/// <summary>Servers that do not fence who was declared dead: what it claims late stays.</summary>
public sealed class NoTombstoneSpecs
{
    [FactNeedsRedis]
    public async Task Should_find_the_ghosts_that_are_left_without_tombstones() =>
        await ChaosProgram.ShouldFindAsync("ghost", "--sabotage", "no-tombstone", "--faults", "node-wake-kill");
}
