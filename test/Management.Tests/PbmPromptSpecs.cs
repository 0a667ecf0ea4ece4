using System.Globalization;
using ChatAkka.Cluster.Tests;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>How the built <c>pbm</c> streams, takes lines and ends, and what stands in its way to a host.</summary>
[Collection(SharedTrio.Name)]
public class PbmPromptSpecs(TrioFixture cluster)
{
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
