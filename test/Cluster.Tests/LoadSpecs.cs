using System.Text.Json;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>The load tool of bench/Load, on running nodes.</summary>
public class LoadSpecs
{
    [FactNeedsRedis]
    public async Task Should_measure_two_nodes_and_find_nothing_wrong()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = TestNode.Node(redis.Address, null);
        await a.ReadyAsync();
        await using var b = TestNode.Node(redis.Address, a.Cluster);
        await b.ReadyAsync();
        using var folder = new TempFolder();
        var (json, svg) = (Path.Combine(folder.Path, "run.json"), Path.Combine(folder.Path, "run.svg"));
        string[] run = ["--nodes", $"{a.Clients},{b.Clients}", "--users", "20", "--seconds", "1", "--warm-up", "0.5", "--pids", $"{a.Process.Id},{b.Process.Id}", "--json", json, "--svg", svg];
        foreach (string[] more in (string[][])[["--window", "4"], ["--mode", "open", "--rate", "500", "--pattern", "mixed"], ["--receipts", "--pattern", "local"], ["--mode", "idle"]])
        {
            var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Load", [.. run, .. more]);
            code.ShouldBe(0, output);
            output.ShouldContain("lost 0  doubled 0  reordered 0");
            using var figures = JsonDocument.Parse(await File.ReadAllTextAsync(json));
            var delivered = figures.RootElement.GetProperty("delivered").GetInt64();
            delivered.ShouldBe(figures.RootElement.GetProperty("sent").GetInt64());
            (delivered > 100 == (more[^1] != "idle")).ShouldBeTrue(output);
            (await File.ReadAllTextAsync(svg)).ShouldContain("<polyline");
        }
    }

    [FactNeedsRedis]
    public async Task Should_measure_mailboxes_and_read_back_what_was_stored()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = TestNode.Node(redis.Address, null);
        await a.ReadyAsync();
        await using var b = TestNode.Node(redis.Address, a.Cluster);
        await b.ReadyAsync();
        string[] run = ["--nodes", $"{a.Clients},{b.Clients}", "--seconds", "1", "--warm-up", "0", "--window", "4"];
        foreach (var (more, done) in ((string[], string)[])[
            (["--pattern", "away", "--users", "4", "--recipients", "3", "--read-back"], "stored"),
            (["--pattern", "acks", "--users", "8", "--read-back"], "acknowledged"),
            (["--pattern", "backlog", "--users", "10", "--recipients", "4", "--waiting", "7"], "read 70")])
        {
            var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Load", [.. run, .. more]);
            code.ShouldBe(0, output);
            output.ShouldContain(done);
            output.ShouldContain("lost 0  doubled 0  reordered 0  damaged 0  unanswered 0  errors 0");
        }
    }

    [Theory]
    [InlineData("nats", "away")]
    [InlineData("jetstream", "cross")]
    public async Task Should_refuse_what_cannot_be_compared(string protocol, string pattern) =>
        (await TestNode.RunToEndAsync("ChatAkka.Load", ["--protocol", protocol, "--pattern", pattern])).ExitCode.ShouldBe(2);

    [Fact]
    public async Task Should_say_that_no_server_answers()
    {
        var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Load", ["--nodes", $"127.0.0.1:{FreePorts.Next()}"]);
        code.ShouldBe(1);
        output.ShouldContain("refused");
    }
}
