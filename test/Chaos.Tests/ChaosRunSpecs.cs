using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Tests;

/// <summary>The chaos program itself: every fault once, and the violations that missing protections cause.</summary>
public class ChaosRunSpecs
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(6);

    [FactNeedsRedis]
    public async Task Should_keep_every_promise_through_every_fault()
    {
        var (code, output) = await RunAsync();
        code.ShouldBe(0, output);
        output.ShouldContain("| node-kill | 1 |");
    }

    [FactNeedsRedis]
    public async Task Should_find_the_ghosts_that_are_left_without_tombstones() =>
        await ShouldFindAsync("ghost", "--sabotage", "no-tombstone", "--faults", "node-wake-kill");

    [FactNeedsRedis]
    public async Task Should_find_the_sessions_that_are_lost_without_the_compare() =>
        await ShouldFindAsync("key of the living", "--sabotage", "no-compare", "--faults", "node-kill");

    [FactNeedsRedis]
    public async Task Should_find_the_chats_that_are_lost_without_sending_again() =>
        await ShouldFindAsync("one answer", "--sabotage", "no-resend", "--faults", "relay-kill", "--rate", "2000");

    private static async Task ShouldFindAsync(string rule, params string[] arguments)
    {
        // What a missing protection causes comes by chance: a busy machine may need a second try, or break another rule first.
        var (code, output) = await RunAsync([.. arguments, "--rounds", "8", "--until", rule]);
        code.ShouldBe(1, output);
        output.Contains($"VIOLATION {rule}:", StringComparison.Ordinal).ShouldBeTrue(output);
        output.ShouldContain("seed 1; logs and the history of the round are in");
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var logs = new TempFolder();
        await using var process = ServerProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "ChatAkka.Chaos.dll"), "--logs", logs.Path, "--patience", "2", .. arguments]);
        return (await process.ExitAsync(s_limit), process.Output);
    }
}
