using System.Globalization;
using System.Text.Json;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>What the built <c>pbm</c> shows and does of users, sessions, chats and mailboxes, against three running nodes.</summary>
[Collection(SharedTrio.Name)]
public class PbmChatSpecs(TrioFixture cluster)
{
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
}
