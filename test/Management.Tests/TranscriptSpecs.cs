using System.Text.RegularExpressions;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>Replays the transcripts of <c>docs/pbm.md</c>, in order, against three running nodes.</summary>
/// <remarks>Numbers, ports and times may differ, and so may the order of lines: members are shown by address.</remarks>
public partial class TranscriptSpecs(TrioFixture cluster) : IClassFixture<TrioFixture>
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "pbm.md"));

    [FactNeedsTerminal]
    public async Task Should_answer_as_the_documentation_shows()
    {
        using var alice = await ChatClient.LoginAsync(cluster.A.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(cluster.A.Clients, "bob");
        using var carol = await ChatClient.LoginAsync(cluster.B.Clients, "carol", ",\"ack\":true");
        await alice.SendAsync("""{"cmd":"chat","recv":"carol","content":"hi","id":"d1"}""");
        (await alice.LineAsync()).ShouldContain("stored");
        (await carol.LineAsync()).ShouldContain("hi");

        var blocks = Block().Matches(s_text);
        blocks.Count.ShouldBeGreaterThan(10);
        foreach (Match block in blocks)
        {
            var words = Here(block.Groups[1].Value).Split(' ');
            var result = await PbmProcess.RunInTerminalAsync([cluster.Pbm[0], .. words]);
            Same(result.Output).ShouldBe(Same(block.Groups[2].Value), $"pbm {block.Groups[1].Value}\n{result.Output}");
            result.Code.ShouldBe(0, block.Groups[1].Value);
        }
    }

    [Fact]
    public async Task Should_document_every_command()
    {
        foreach (var palette in (await cluster.RunAsync("help")).Lines.Where(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(FirstWord))
        {
            foreach (var command in (await cluster.RunAsync("help", palette)).Lines.Where(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(FirstWord))
                s_text.ShouldContain(command, customMessage: $"{palette} {command}");
        }
    }

    [Fact]
    public void Should_have_a_whole_palette_in_the_documentation() =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "palettes.md")).ShouldContain("internal sealed class GreetPalette()");

    private static string FirstWord(string line) => line.Trim().Split(' ')[0];

    private string Here(string command) => command
        .Replace("127.0.0.1:9501", cluster.A.Clients, StringComparison.Ordinal)
        .Replace("127.0.0.1:4053", cluster.A.Cluster, StringComparison.Ordinal);

    /// <summary>What has to be the same: neither numbers, nor the width of columns, nor the order of lines.</summary>
    private static string Same(string text) => string.Join('\n', Escape().Replace(text, "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => Space().Replace(Number().Replace(OperatorId().Replace(l, "pbm-#"), "#"), " ").Trim())
        .Order(StringComparer.Ordinal));

    [GeneratedRegex(@"```pbm\n\$ pbm (.+)\n([\s\S]*?)```")]
    private static partial Regex Block();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    [GeneratedRegex("pbm-[0-9a-f]{32}")]
    private static partial Regex OperatorId();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("\e(\\[[0-9;?]*[a-zA-Z]|[=>])")]
    private static partial Regex Escape();
}
