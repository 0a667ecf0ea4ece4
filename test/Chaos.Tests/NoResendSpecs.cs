using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Tests;

/// <summary>Servers that send nothing again.</summary>
public sealed class NoResendSpecs
{
    [FactNeedsRedis]
    public async Task Should_find_the_chats_that_are_lost_without_sending_again() =>
        await ChaosProgram.ShouldFindAsync("one answer", "--sabotage", "no-resend", "--faults", "relay-kill", "--rate", "2000");
}
