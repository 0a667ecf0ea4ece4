using System.Globalization;
using System.Text.Json;
using ChatAkka.Cluster.Tests;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>The built <c>pbm</c> against three running nodes.</summary>
public class PbmSpecs(TrioFixture cluster) : IClassFixture<TrioFixture>
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

    [Fact]
    public async Task Should_list_all_sessions_however_much_their_names_take()
    {
        const int count = 300;
        var clients = new List<ChatClient>();
        for (var i = 0; i < count; i++)
            clients.Add(await ChatClient.LoginAsync(cluster.B.Clients, new string('名', 60) + i.ToString(CultureInfo.InvariantCulture)));

        var listed = await cluster.RunAsync("chat", "sessions", "--node", cluster.B.Cluster);

        listed.Errors.ShouldBe("");
        listed.Lines.Where(l => l.StartsWith('名')).Select(l => l.Split('\t')[0]).Distinct().Count().ShouldBe(count);
        foreach (var client in clients)
            client.Dispose();
    }

    [Fact]
    public async Task Should_remember_the_last_uses_of_an_id_that_is_used_too_often()
    {
        using var often = await ChatClient.LoginAsync(cluster.A.Clients, "often");
        for (var i = 0; i < 150; i++)
        {
            await often.SendAsync("""{"cmd":"chat","recv":"often-friend","content":"hi","id":"same"}""");
            await often.LineAsync();
        }

        var trace = await cluster.RunAsync("chat", "trace", "same");

        trace.Code.ShouldBe(0);
        trace.Lines.ShouldContain(l => l.Contains("earlier things: this id was used often", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Should_list_each_partition_of_the_mailboxes_on_one_member()
    {
        var lines = new List<string>();
        foreach (var address in cluster.Pbm)
            lines.AddRange((await PbmProcess.RunAsync(address, "cluster-sharding", "list-shards", "-t", "mailboxes")).Lines);

        foreach (var partition in new[] { "0", "7", "31" })
            lines.Count(l => l.Split('\t')[2].Split(',').Contains(partition)).ShouldBe(1, string.Join('\n', lines));
    }

    [Fact]
    public async Task Should_send_kick_trace_and_say_where_users_are()
    {
        using var eve = await ChatClient.LoginAsync(cluster.C.Clients, "eve");
        var sent = await cluster.RunAsync("chat", "send", "eve", "hello", "--there");
        sent.Output.ShouldContain("\"receipt\":\"delivered\"");
        (await eve.LineAsync()).ShouldBe("pbm给您发了消息:hello --there");
        using var answer = JsonDocument.Parse(sent.Output);
        (await cluster.RunAsync("chat", "trace", answer.RootElement.GetProperty("id").GetString()!)).Output.ShouldContain("\tarrived\tover the link from");
        (await cluster.RunAsync("chat", "who", "eve")).Output.ShouldStartWith($"eve\tonline\t{cluster.C.Cluster}\t");
        (await cluster.RunAsync("chat", "sessions", "--node", cluster.C.Clients)).Output.ShouldContain($"eve\t{cluster.C.Cluster}\t");
        (await cluster.RunAsync("chat", "sessions", "--node", cluster.B.Cluster)).Output.ShouldNotContain("eve\t");

        (await cluster.RunAsync("chat", "kick", "eve")).Code.ShouldBe(0);

        (await eve.LineAsync()).ShouldContain("\"error\":\"kicked\"");
        (await eve.IsClosedAsync()).ShouldBeTrue();
        var why = await cluster.RunAsync("chat", "why", "eve");
        why.Lines[0].ShouldBe("eve is not logged in");
        why.Lines.ShouldContain("registry\tno session");
        why.Lines.ShouldContain(l => l.StartsWith("released\t", StringComparison.Ordinal));
        (await cluster.RunAsync("chat", "send", "eve", "later")).Lines.ShouldHaveSingleItem().ShouldContain("\"receipt\":\"stored\"");
        (await cluster.RunAsync("chat", "why", "eve")).Lines.ShouldContain(l => l.StartsWith("mailbox\t1 messages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Should_show_who_replaced_a_session_and_which_cache_disagrees()
    {
        using var sender = await ChatClient.LoginAsync(cluster.A.Clients, "cache-keeper");
        using var first = await ChatClient.LoginAsync(cluster.B.Clients, "mover");
        await sender.SendAsync("""{"cmd":"chat","recv":"mover","content":"hi","id":"x"}""");
        await sender.LineAsync();
        using var second = await ChatClient.LoginAsync(cluster.C.Clients, "mover");

        var why = await cluster.RunAsync("chat", "why", "mover");

        why.Lines[0].ShouldBe($"mover is logged in on {cluster.C.Cluster}");
        why.Lines.ShouldContain(l => l.StartsWith("replaced\t", StringComparison.Ordinal) && l.Contains($"{cluster.B.Cluster} connection", StringComparison.Ordinal));
        why.Lines.ShouldContain(l => l.StartsWith($"cache of {cluster.A.Cluster}\t{cluster.B.Cluster}, ", StringComparison.Ordinal) && l.Contains("disagrees", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Should_stream_until_it_is_interrupted()
    {
        await using var tail = PbmProcess.Start(cluster.Pbm[1], "log", "tail");
        var mark = $"mark-{Guid.NewGuid():N}";
        await Eventually.TrueAsync(
            async () =>
            {
                await PbmProcess.RunAsync(cluster.Pbm[1], "log", "log", "-l", "warning", mark);
                return tail.Output.Contains(mark, StringComparison.Ordinal);
            },
            "the line comes along");

        tail.Interrupt();

        (await tail.ExitAsync()).ShouldBe(0);
        tail.Output.ShouldContain($"\twarning\t");
    }

    [Fact]
    public async Task Should_run_each_line_of_its_input_where_that_is_no_terminal()
    {
        await using var pbm = PbmProcess.Start(cluster.Pbm[0]);
        await pbm.TypeAsync("cluster leader\nchat kick nobody-at-all\nsystem uptime\n");
        pbm.EndInput();

        (await pbm.ExitAsync()).ShouldBe(1);
        pbm.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        pbm.Errors.ShouldContain("nobody-at-all is not logged in");
    }

    [TheoryNeedsTerminal]
    [InlineData("quit")]
    [InlineData("exit")]
    public async Task Should_end_at_the_word_for_it_and_run_nothing_behind(string word)
    {
        await using var piped = PbmProcess.Start(cluster.Pbm[0]);
        await piped.TypeAsync($"?\n{word}\nchat kick nobody-at-all\n");
        (await piped.ExitAsync()).ShouldBe(0, piped.Errors);
        piped.Output.ShouldContain("  cluster-sharding  ");

        await using var typed = PbmProcess.StartInTerminal(cluster.Pbm[0]);
        await typed.WaitForAsync("Ctrl-D ends");
        await typed.TypeAsync("?\r");
        await typed.WaitForAsync("  cluster-sharding  ");
        await typed.TypeAsync($"{word}\r");
        (await typed.ExitAsync()).ShouldBe(0);
    }

    [FactNeedsTerminal]
    public async Task Should_complete_recall_and_end_streams_at_the_prompt()
    {
        await using var pbm = PbmProcess.StartInTerminal(cluster.Pbm[0]);
        await pbm.WaitForAsync("Ctrl-D ends");
        await pbm.TypeAsync("clu\t sh\t\r");
        await pbm.WaitForAsync("Count: 3 nodes");
        await pbm.TypeAsync("what is this\u0015chat no\t\r");
        await pbm.WaitForAsync("connections  cap");
        await pbm.TypeAsync("cluster tail\r");
        await pbm.WaitForAsync("\nakka");
        await pbm.WaitForAsync("leader  akka.tcp");
        await pbm.TypeAsync("\u0003");
        await Task.Delay(300);
        await pbm.TypeAsync("\e[A\e[A\r");
        await Eventually.TrueAsync(() => Task.FromResult(pbm.Output.Split("connections  cap").Length == 3), "the line before the last is run again");
        await pbm.TypeAsync("\u0004");

        (await pbm.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Should_say_in_one_line_where_there_is_no_host()
    {
        var nobody = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");
        foreach (var address in new[] { nobody, cluster.A.Clients, cluster.A.Cluster, $"127.0.0.1:{cluster.StorePort}" })
        {
            var result = await PbmProcess.RunAsync(address, "cluster", "show");

            result.Code.ShouldBe(3, address);
            result.Output.ShouldBe("");
            result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1, result.Errors);
            result.Errors.ShouldContain(address);
            result.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
        }
    }

    [Fact]
    public async Task Should_list_every_setting_of_the_port_that_is_bad()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "bad.conf");
        await File.WriteAllTextAsync(file, """
            petabridge.cmd { porrt = 1, port = 99999, max-frame = 1, max-sessions = 0, token = "a", token-file = "/does/not/exist", lock-out-for = soon }
            """);

        var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Relay", ["--redis", "127.0.0.1:1", "--config", file]);

        code.ShouldBe(2);
        foreach (var path in new[] { "porrt", "port", "max-frame", "max-sessions", "token-file", "lock-out-for" })
            output.ShouldContain($"petabridge.cmd.{path}");
    }

    [Fact]
    public async Task Should_not_start_where_the_address_it_was_given_for_pbm_is_taken()
    {
        var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Node", ["--pbm", cluster.Pbm[0], "--listen", "127.0.0.1:0"]);

        code.ShouldBe(2);
        output.ShouldContain($"cannot listen for pbm on {cluster.Pbm[0]}");
    }
}
