using System.Text;
using System.Text.RegularExpressions;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Replays every transcript of <c>docs/protocol.md</c> against two running nodes.</summary>
/// <remarks>In a block marked <c>transcript</c>, <c>A> text</c> is sent by client A and <c>A&lt; text</c> is what A gets; <c>…</c> stands
/// for anything, <c>A&lt; (closed)</c> for the end. A, C, E are on the first node, B and D on the second.</remarks>
[Collection(SharedPair.Name)]
public partial class TranscriptSpecs(PairFixture pair)
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "protocol.md"));

    public static TheoryData<string> Titles => new(Blocks().Select(b => b.Groups[1].Value));

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task Should_do_what_the_documentation_shows(string title)
    {
        var clients = new Dictionary<char, ChatClient>();
        var numbers = new Dictionary<string, string>();
        foreach (var line in Blocks().Single(b => b.Groups[1].Value == title).Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = line[0];
            if (!clients.TryGetValue(name, out var client))
                clients[name] = client = await ChatClient.ConnectAsync(name is 'B' or 'D' ? pair.B.Clients : pair.A.Clients);
            var text = line.Length > 3 ? line[3..] : "";
            text = numbers.Aggregate(text, (t, n) => t.Replace($"\"seq\":{n.Key}", $"\"seq\":{n.Value}", StringComparison.Ordinal));
            if (line[1] == '>')
                await client.SendRawAsync(Bytes(text + "\n"));
            else if (text == "(closed)")
                (await client.IsClosedAsync()).ShouldBeTrue(line);
            else
            {
                var got = await client.LineAsync();
                var pattern = "^" + Number().Replace(Regex.Escape(text), "\"seq\":(?<$1>[0-9]+)").Replace("…", ".*") + "$";
                got.ShouldMatch(pattern, line);
                foreach (var group in Regex.Match(got, pattern).Groups.Values.Where(g => g.Name.StartsWith('n')))
                    numbers[group.Name] = group.Value;
            }
        }

        foreach (var client in clients.Values)
            client.Dispose();
    }

    [Fact]
    public void Should_have_every_error_code_in_the_documentation_and_no_other()
    {
        var documented = ErrorRow().Matches(s_text[s_text.IndexOf("## Errors", StringComparison.Ordinal)..]).Select(m => m.Groups[1].Value).ToList();
        documented.ShouldBe(ErrorCodes.All.Select(c => c.Wire), ignoreOrder: true);
    }

    private static MatchCollection Blocks() => Block().Matches(s_text);

    /// <summary>UTF-8, where <c>\xff</c> in a transcript stands for a byte that is no text.</summary>
    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(Hex().Replace(
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)), m => ((char)Convert.ToByte(m.Groups[1].Value, 16)).ToString()));

    [GeneratedRegex("\"seq\":(n[0-9])")]
    private static partial Regex Number();

    [GeneratedRegex(@"\\x([0-9a-f]{2})")]
    private static partial Regex Hex();

    [GeneratedRegex(@"```transcript (.+)\n([\s\S]*?)```")]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();
}
