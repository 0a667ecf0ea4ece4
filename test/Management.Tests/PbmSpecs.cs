using System.Text.Json;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>The built <c>pbm</c> against three running nodes: answers, and what it says to commands that cannot work.</summary>
[Collection(SharedTrio.Name)]
public class PbmSpecs(TrioFixture cluster)
{
    public static TheoryData<string, string> Commands => new()
    {
        { "actor hierarchy -d 2", "^/user$" },
        { "actor hierarchy -s /user/node -d 1", "^  gateway$" },
        { "actor system -d 1", "^/system$" },
        { "cluster show", @"^Count: 3 nodes$" },
        { "cluster show", @"^akka\.tcp://ChatAkka@127\.0\.0\.1:\d+ \| \[node,relay\] \| up \| \| \d+\.\d+\.\d+$" },
        { "cluster status", "^members: 3$" },
        { "cluster leader", @"^akka\.tcp://ChatAkka@127\.0\.0\.1:\d+$" },
        { "cluster down-unreachable", "^no member is unreachable$" },
        { "cluster-sharding list-regions", "^mailboxes$" },
        { "cluster-sharding show-region", "akka.tcp://ChatAkka@127.0.0.1" },
        { "cluster-sharding shard-locations", @"^\d+\takka.tcp://ChatAkka@127.0.0.1" },
        { "log peek -n 5", @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t(info|warning)\t" },
        { "system uptime", @"^0 d 00:\d\d:\d\d, since " },
        { "chat nodes", @"^127\.0\.0\.1:\d+\t127\.0\.0\.1:\d+\tup\t\d+\t500\t\d+\t2\t\d+$" },
        { "chat relay", @"^127\.0\.0\.1:\d+\tacts\t\d+\t" },
        { "chat audit", @"^all\t" },
        { "chat limits", "" },
        { "chat who nobody", @"^nobody\toffline\t" },
        { "chat why nobody", @"^registry\tno session$" },
        { "?", "^  cluster-sharding  " },
        { "? chat", "^  drain     " },
        { "chat sessions", "" },
        { "help", "^  cluster-sharding  " },
        { "help chat", "^  drain     " },
        { "help chat drain", @"^chat drain NODE \[--pace PACE\] \[--force\] \[--cancel\]$" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Should_answer(string command, string expected)
    {
        // A mailbox in memory, so that there is a shard to show.
        if (command.Contains("shard", StringComparison.Ordinal))
            await cluster.RunAsync("chat", "why", "somebody");

        var result = await cluster.RunAsync(command.Split(' '));

        result.Errors.ShouldBe("");
        result.Code.ShouldBe(0);
        if (expected.Length > 0)
            result.Lines.ShouldContain(l => System.Text.RegularExpressions.Regex.IsMatch(l, expected), $"{command}\n{result.Output}");
        result.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("cluster nope")]
    [InlineData("nope")]
    [InlineData("chat")]
    [InlineData("chat kick")]
    [InlineData("chat drain a b")]
    [InlineData("chat drain 127.0.0.1:1 --pace fast")]
    [InlineData("chat who a\tb")]
    [InlineData("cluster down -a nonsense")]
    [InlineData("cluster down")]
    [InlineData("log peek -l loud")]
    [InlineData("log peek -n 0")]
    [InlineData("actor hierarchy -d x")]
    [InlineData("--bogus cluster show")]
    [InlineData("--token-file /does/not/exist cluster show")]
    public async Task Should_say_how_it_was_used_wrongly(string command)
    {
        var result = await cluster.RunAsync(command.Split(' '));

        result.Code.ShouldBe(2);
        result.Output.ShouldBe("");
        result.Errors.ShouldNotBe("");
    }

    [Theory]
    [InlineData("chat kick nobody-here", "nobody-here is not logged in")]
    [InlineData("chat drain 127.0.0.1:1", "there is no node 127.0.0.1:1")]
    [InlineData("chat trace no-such-id", "no node remembers")]
    [InlineData("cluster down -a 127.0.0.1:1", "is not a member")]
    [InlineData("cluster join -a 127.0.0.1:1", "is already in a cluster, which has 3 members")]
    [InlineData("actor hierarchy -s /user/nope", "there is no actor")]
    [InlineData("cluster-sharding show-region -t nope", "there is no region nope")]
    public async Task Should_say_why_a_command_failed(string command, string expected)
    {
        var result = await cluster.RunAsync(command.Split(' '));

        result.Errors.ShouldContain(expected);
        result.Code.ShouldBe(1);
    }

    [Theory]
    [InlineData("cluster show")]
    [InlineData("chat nodes")]
    [InlineData("chat audit")]
    [InlineData("log peek")]
    public async Task Should_write_each_row_as_an_object(string command)
    {
        var result = await cluster.RunAsync([.. command.Split(' '), "--json"]);

        result.Lines.ShouldNotBeEmpty();
        foreach (var line in result.Lines)
            JsonDocument.Parse(line).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        result.Code.ShouldBe(0);
    }

    [Fact]
    public async Task Should_say_which_character_makes_a_name_none() =>
        (await cluster.RunAsync("chat", "who", "a\u200bb")).Errors.ShouldContain("is no user name: a name has 1 to 64 characters, no white space, no control and no invisible format characters: character 2 is an invisible format character (U+200B)");

    [Fact]
    public async Task Should_say_that_nobody_is_known_under_the_name_that_was_sent_to()
    {
        var sent = await cluster.RunAsync("chat", "send", "never-here", "hi");
        sent.Code.ShouldBe(0);
        sent.Lines.Count.ShouldBe(2, sent.Output);
        sent.Lines[0].ShouldContain("\"receipt\":\"stored\"");
        sent.Lines[1].ShouldBe("nobody was logged in as never-here in the last 24 hours: the message waits for the next login under this name");
        (await cluster.RunAsync("chat", "why", "never-here")).Lines[0].ShouldBe("never-here is not logged in, and was not in the last 24 hours");
        (await cluster.RunAsync("chat", "why", "never-here", "--json")).Lines[0].ShouldBe("{\"text\":\"never-here is not logged in, and was not in the last 24 hours\"}");

        // Who acknowledges gets everything through the mailbox, and is known.
        using var here = await ChatClient.LoginAsync(cluster.B.Clients, "here-now", ",\"ack\":true");
        (await cluster.RunAsync("chat", "send", "here-now", "hi")).Lines.ShouldHaveSingleItem().ShouldContain("\"receipt\":\"stored\"");
    }

    [Fact]
    public async Task Should_give_the_same_answer_about_the_cluster_from_every_member()
    {
        using var one = await ChatClient.LoginAsync(cluster.B.Clients, "same-everywhere");
        var answers = new List<string>();
        foreach (var address in cluster.Pbm)
        {
            foreach (var command in new[] { "nodes", "audit", "relay" })
                answers.Add(command + (await PbmProcess.RunAsync(address, "chat", command)).Output);
        }

        foreach (var command in new[] { "nodes", "audit" })
            answers.Where(a => a.StartsWith(command, StringComparison.Ordinal)).Distinct().Count().ShouldBe(1, string.Join('\n', answers));
    }
}
