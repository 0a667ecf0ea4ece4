using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Tests;

/// <summary>Runs the chaos program. Each test that does so has a class of its own: xunit runs classes side by side, and a run mostly waits.</summary>
/// <remarks>Runs cannot meet: each has namespaces (or loopback addresses) and folders of its own.</remarks>
internal static class ChaosProgram
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(6);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var logs = new TempFolder();
        await using var process = ServerProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "ChatAkka.Chaos.dll"), "--logs", logs.Path, "--patience", "2", .. arguments]);
        return (await process.ExitAsync(s_limit), process.Output);
    }

    /// <summary>Runs it without a protection of the servers, until it finds what that causes.</summary>
    public static async Task ShouldFindAsync(string rule, params string[] arguments)
    {
        // What a missing protection causes comes by chance: a busy machine may need a second try, or break another rule first.
        var (code, output) = await RunAsync([.. arguments, "--rounds", "8", "--until", rule]);
        code.ShouldBe(1, output);
        output.Contains($"VIOLATION {rule}:", StringComparison.Ordinal).ShouldBeTrue(output);
        output.ShouldContain("seed 1; logs and the history of the round are in");
    }
}
