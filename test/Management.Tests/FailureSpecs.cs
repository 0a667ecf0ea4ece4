using System.Text.Json;
using ChatAkka.Cluster.Tests;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>What <c>pbm</c> says while nodes drain, stop answering, die and leave. One story, as each part costs the cluster a node.</summary>
public sealed class FailureSpecs(SmallTrioFixture cluster) : IClassFixture<SmallTrioFixture>
{
    [Fact]
    public async Task Should_tell_the_truth_while_nodes_drain_die_and_leave()
    {
        await Drain();
        await Kill();
        await Silence();
        await Leave();
        await Join();
    }

    private async Task Drain()
    {
        var clients = new List<ChatClient>();
        var person = await ChatClient.ConnectAsync(cluster.C.Clients);
        await person.SendAsync("login c-typed");
        (await person.LineAsync()).ShouldStartWith("OK login c-typed");
        clients.Add(person);
        for (var i = 1; i < SmallTrioFixture.Room; i++)
            clients.Add(await ChatClient.LoginAsync(cluster.C.Clients, $"c{i}"));
        for (var i = 0; i < SmallTrioFixture.Room - 1; i++)
        {
            clients.Add(await ChatClient.LoginAsync(cluster.A.Clients, $"a{i}"));
            clients.Add(await ChatClient.LoginAsync(cluster.B.Clients, $"b{i}"));
        }

        var refused = await cluster.RunAsync("chat", "drain", cluster.C.Cluster);
        refused.Code.ShouldBe(1);
        refused.Errors.ShouldContain($"has {SmallTrioFixture.Room} clients, and the other nodes have capacity for 2: --force");

        var forced = await cluster.RunAsync("chat", "drain", cluster.C.Cluster, "--force", "--pace", "100");
        forced.Code.ShouldBe(0, forced.Errors);
        forced.Lines[^1].ShouldContain($"is empty: {SmallTrioFixture.Room} clients were sent away");
        (await person.LineAsync()).ShouldMatch("^ERROR server_closing this server takes no more clients; (connect to 127|no other takes clients now, try again in [0-9]+ s$)");
        (await clients[1].LineAsync()).ShouldStartWith("""{"error":"server_closing","try":[""");
        (await cluster.RunAsync("chat", "nodes")).Lines.ShouldContain(l => l.StartsWith($"{cluster.C.Cluster}\t{cluster.C.Clients}\tdraining\t0\t", StringComparison.Ordinal));
        using (var late = await ChatClient.ConnectAsync(cluster.C.Clients))
            (await late.LineAsync()).ShouldContain("server_full");

        (await cluster.RunAsync("chat", "drain", cluster.C.Cluster, "--cancel")).Lines[^1].ShouldContain("accepts clients again");
        using (var back = await ChatClient.LoginAsync(cluster.C.Clients, "back"))
            await back.SendAsync("ping");
        foreach (var client in clients)
            client.Dispose();
    }

    private async Task Kill()
    {
        using var ann = await ChatClient.LoginAsync(cluster.A.Clients, "ann");
        using var ben = await ChatClient.LoginAsync(cluster.C.Clients, "ben");
        for (var i = 0; i < 20; i++)
        {
            await ben.SendAsync(Chat("ann", $"from-ben-{i}"));
            (await ann.LineAsync()).ShouldContain("hi");
            (await ben.LineAsync()).ShouldContain("delivered");
        }

        // With ids and without, up to the kill and beyond.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 4000; i++)
                await ann.SendAsync(i % 2 == 0 ? Chat("ben", $"to-ben-{i}") : """{"cmd":"chat","recv":"ben","content":"hi"}""");
        });
        await Task.Delay(20);
        await using (var tail = PbmProcess.Start(cluster.Pbm[2], "log", "tail"))
        {
            await Eventually.TrueAsync(async () => (await PbmProcess.RunAsync(cluster.Pbm[2], "log", "log", "mark")).Code == 0 && tail.Output.Length > 0, "it streams");
            cluster.C.Process.Signal("KILL");
            (await tail.ExitAsync()).ShouldBe(3);
            tail.Errors.ShouldBe($"error: {cluster.Pbm[2]} closed the connection before it answered\n");
        }

        await sending;
        for (var i = 0; i < 2000; i++)
            (await ann.LineAsync()).ShouldContain("receipt");
        JsonElement[] rows = [];
        await Eventually.TrueAsync(
            async () =>
            {
                rows = await AuditAsync();
                return rows.Any(r => r.GetProperty("node").GetString()!.EndsWith("(gone)", StringComparison.Ordinal)) && rows.Sum(r => r.GetProperty("in_flight").GetInt64()) == 0;
            },
            "the node is gone and all is settled");
        rows.ShouldAllBe(r => r.GetProperty("missing").GetInt64() == 0);
        var ofAnn = rows.Single(r => r.GetProperty("node").GetString() == cluster.A.Cluster);
        (ofAnn.GetProperty("accepted").GetInt64() >= 4000).ShouldBeTrue();
        var gone = rows.Single(r => r.GetProperty("node").GetString()!.EndsWith("(gone)", StringComparison.Ordinal));
        gone.GetProperty("delivered").GetInt64().ShouldBe(20);
        gone.GetProperty("lost_with_it").GetInt64().ShouldBe(ofAnn.GetProperty("dropped").GetInt64());
        (await cluster.RunAsync("chat", "why", "ben")).Lines.ShouldContain(l => l.StartsWith("cleaned\t", StringComparison.Ordinal));
        (await cluster.RunAsync("chat", "relay")).Output.ShouldContain(cluster.C.Cluster);
    }

    private async Task Silence()
    {
        await cluster.C.StartAgainAsync();
        await cluster.C.ReadyAsync();
        await Eventually.TrueAsync(async () => (await cluster.RunAsync("chat", "nodes")).Lines.Count == 3, "it is back");
        await using var tail = PbmProcess.Start(cluster.Pbm[2], "log", "tail");
        await Eventually.TrueAsync(async () => (await PbmProcess.RunAsync(cluster.Pbm[2], "log", "log", "mark")).Code == 0 && tail.Output.Length > 0, "it streams");
        cluster.C.Process.Signal("STOP");
        try
        {
            var nodes = await cluster.RunAsync("chat", "nodes");

            nodes.Code.ShouldBe(1);
            nodes.Errors.ShouldBe($"warning: {cluster.C.Cluster} did not answer within 3 s\n");
            nodes.Lines.Count(l => l.Contains("\tup\t", StringComparison.Ordinal)).ShouldBe(2);
            nodes.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
            var down = await cluster.RunAsync("cluster", "down", "-a", cluster.C.Cluster);
            down.Code.ShouldBe(0);
            down.Output.ShouldContain("is marked down");

            tail.Interrupt();
            (await tail.ExitAsync()).ShouldBe(3);
            tail.Errors.ShouldBe($"error: {cluster.Pbm[2]} does not answer any more\n");
            var asked = await PbmProcess.RunAsync(cluster.Pbm[2], "cluster", "leader");
            asked.Code.ShouldBe(3);
            asked.Errors.ShouldContain($"{cluster.Pbm[2]} accepts connections but does not answer");
            asked.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        }
        finally
        {
            cluster.C.Process.Signal("KILL");
        }
    }

    private async Task Leave()
    {
        await Eventually.TrueAsync(async () => (await cluster.RunAsync("cluster", "show")).Lines[^1] == "Count: 2 nodes", "the other one is removed");
        await using var tail = PbmProcess.Start(cluster.Pbm[0], "cluster", "tail");
        await tail.WaitForAsync("\tup\t");

        var left = await cluster.RunAsync("cluster", "leave", "-a", cluster.B.Cluster);

        left.Code.ShouldBe(0);
        left.Output.ShouldContain("is told to leave");
        (await cluster.B.Process.ExitAsync()).ShouldBe(0);
        await tail.WaitForAsync("\tremoved\t");
        tail.Interrupt();
        (await tail.ExitAsync()).ShouldBe(0);
    }

    /// <summary>One that nobody lets in, and that finds no cluster by way of Redis, as it looks elsewhere there.</summary>
    private async Task Join()
    {
        using var folder = new TempFolder();
        var config = Path.Combine(folder.Path, "elsewhere.conf");
        await File.WriteAllTextAsync(config, "chat.redis.key-prefix = \"elsewhere:\"");
        var pbm = $"127.0.0.1:{FreePorts.Next()}";
        await using var stranger = TestNode.Node(
            cluster.A.Store, $"127.0.0.1:{FreePorts.Next()}", "--pbm", pbm, "--config", config);
        await Eventually.TrueAsync(async () => (await PbmProcess.RunAsync(pbm, "cluster", "status")).Lines.Contains("status: in no cluster"), "it waits for a cluster");
        (await PbmProcess.RunAsync(pbm, "cluster", "leader")).Code.ShouldBe(1);

        var joined = await PbmProcess.RunAsync(pbm, "cluster", "join", "-a", cluster.A.Cluster);

        joined.Code.ShouldBe(0, joined.Errors);
        await Eventually.TrueAsync(async () => (await cluster.RunAsync("cluster", "show")).Output.Contains(stranger.Cluster, StringComparison.Ordinal), "it is a member");
        (await PbmProcess.RunAsync(pbm, "cluster", "leave")).Output.ShouldContain("leaves");
        (await stranger.Process.ExitAsync()).ShouldBe(0);
    }

    private async Task<JsonElement[]> AuditAsync() =>
        [.. (await cluster.RunAsync("chat", "audit", "--json")).Lines.Select(l => JsonDocument.Parse(l).RootElement)];

    private static string Chat(string to, string id) => $$"""{"cmd":"chat","recv":"{{to}}","content":"hi","id":"{{id}}"}""";
}
