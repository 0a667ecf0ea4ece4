using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>Order, loss and doubling over bad paths and moving recipients: routes, links and resolver together.</summary>
public class RoutingSpecs() : TestKit("akka.loglevel = WARNING")
{
    private readonly SharedRegistry _registry = new();
    private List<MiniNode> _nodes = [];

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.1)]
    [InlineData(3, 0.3)]
    public async Task Should_lose_double_and_reorder_nothing_over_a_bad_path_that_changes(int seed, double loss)
    {
        var nodes = Nodes(2, seed, loss, out var wires);
        var bob = nodes[1].Client("bob");
        bob.LogIn(_registry);
        var senders = Enumerable.Range(0, 4).Select(i => nodes[0].Client($"s{i}")).ToList();
        const int count = 400;
        var sending = Task.WhenAll(senders.Select(s => Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                await s.SendAsync("bob", $"{i}", id: $"{i}");
        }))).WaitAsync(Eventually.Limit);
        for (var i = 0; !sending.IsCompleted && i < 2000; i++)
        {
            nodes[0].UsePath(wires[i % wires.Count]);
            await Task.Delay(7);
        }

        await sending;
        var got = new List<string>();
        await Eventually.TrueAsync(() =>
        {
            got.AddRange(bob.Received());
            return got.Count >= senders.Count * count;
        }, "everything arrives");
        foreach (var sender in senders)
            (await AnswersAsync(sender, count)).Delivered.ShouldBe(Enumerable.Range(0, count));
        got.AddRange(bob.Received());
        got.Count.ShouldBe(senders.Count * count);
        for (var s = 0; s < senders.Count; s++)
            got.Where(l => l.StartsWith($"s{s} ")).ShouldBe(Enumerable.Range(0, count).Select(i => $"s{s} {i}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Should_keep_the_order_to_a_recipient_that_moves_from_node_to_node(int seed)
    {
        var nodes = Nodes(3, seed, loss: 0.05, out _);
        var senders = nodes.Select((n, i) => n.Client($"s{i}")).ToList();
        const int count = 1500;
        var homes = new List<MiniNode.MiniClient> { nodes[0].Client("bob") };
        homes[0].LogIn(_registry);
        var sending = Task.WhenAll(senders.Select(s => Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                await s.SendAsync("bob", $"{i}", id: $"{i}");
                if (i % 20 == 0)
                    await Task.Delay(1);
            }
        }))).WaitAsync(Eventually.Limit);
        var random = new Random(seed);
        while (!sending.IsCompleted)
        {
            await Task.Delay(random.Next(1, 15));
            var next = nodes[random.Next(nodes.Count)].Client("bob");
            next.LogIn(_registry);
            homes[^1].LogOut();
            homes.Add(next);
        }

        await sending;
        foreach (var sender in senders)
            (await AnswersAsync(sender, count)).Delivered.ShouldBe(Enumerable.Range(0, count));

        // What one home got comes before what the next one got.
        var got = homes.SelectMany(h => h.Received()).ToList();
        for (var s = 0; s < senders.Count; s++)
            got.Where(l => l.StartsWith($"s{s} ")).ShouldBe(Enumerable.Range(0, count).Select(i => $"s{s} {i}"));
        homes.Count.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Should_tell_the_sender_when_the_recipient_is_offline_or_the_registry_away()
    {
        var nodes = Nodes(1, 1, 0, out _);
        var alice = nodes[0].Client("alice");
        await alice.SendAsync("nobody", "x");
        await Answer(alice, "recipient_offline");
        _registry.IsAway = true;
        await alice.SendAsync("nobody", "x");
        await Answer(alice, "registry_unavailable");
        await Eventually.TrueAsync(() => nodes[0].Routes.CachedCount == 0, "no route is left behind");
    }

    [Fact]
    public async Task Should_answer_a_chat_to_who_is_here_but_takes_nothing_yet_while_new_ones_keep_coming()
    {
        var nodes = Nodes(1, 1, 0, out _);
        var alice = nodes[0].Client("alice", waitingLimit: 1024 * 1024);
        nodes[0].Client("bob").Claim(_registry);
        var sent = 0;
        var start = TimeProvider.System.GetTimestamp();
        while (Accumulate(alice).Count == 0)
        {
            // Far more often than a chat has all its tries.
            await alice.SendAsync("bob", "x", id: $"{sent++}");
            await Task.Delay(20);
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Eventually.Limit, "no answer came");
        }

        var answers = await AnswersAsync(alice, sent);
        answers.Offline.ShouldBe(Enumerable.Range(0, sent));
    }

    [Fact]
    public async Task Should_try_again_or_answer_what_a_lost_node_had_not_acknowledged()
    {
        var nodes = Nodes(3, 1, 0, out _);
        var silent = Sys.ActorOf(Props.Empty);
        var alice = nodes[0].Client("alice");
        var bob = nodes[1].Client("bob");
        bob.LogIn(_registry);
        nodes[1].Client("carol").LogIn(_registry);
        await alice.SendAsync("bob", "first", id: "1");
        await Answer(alice, "\"id\":1,\"receipt\":\"delivered\"");
        nodes[0].UsePath(silent);
        for (var i = 0; i < 10; i++)
            await alice.SendAsync("bob", $"{i}", id: $"{i + 10}");
        await alice.SendAsync("carol", "x", id: "99");
        var next = nodes[2].Client("bob");
        next.LogIn(_registry);
        _registry.Places.TryRemove("carol", out _);

        // Before there is another path: nothing more reaches the node that is lost.
        nodes[0].Lose(nodes[1].Id);
        nodes[0].UsePath(Sys.ActorOf(Props.Create(() => new BadWire(nodes.ToDictionary(n => n.Id), 1, 0))));
        await Eventually.TrueAsync(() => Accumulate(alice).Count >= 12, "every chat is answered");
        string[] expected = [Delivered(1), .. Enumerable.Range(10, 10).Select(Delivered), Offline(99, "carol")];
        Accumulate(alice).Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
        next.Received().ShouldBe(Enumerable.Range(0, 10).Select(i => $"alice {i}"));
        bob.Received().ShouldBe(["alice first"]);
    }

    private readonly Dictionary<MiniNode.MiniClient, List<string>> _seen = [];

    private List<string> Accumulate(MiniNode.MiniClient client)
    {
        if (!_seen.TryGetValue(client, out var lines))
            _seen[client] = lines = [];
        lines.AddRange(client.Received());
        return lines;
    }

    private Task Answer(MiniNode.MiniClient client, string text) =>
        Eventually.TrueAsync(() => Accumulate(client).Any(l => l.Contains(text)), text);

    /// <summary>Waits until every chat with an id is answered: each once, in one of the two ways there are.</summary>
    private async Task<(List<int> Delivered, List<int> Offline)> AnswersAsync(MiniNode.MiniClient sender, int count)
    {
        await Eventually.TrueAsync(() => Accumulate(sender).Count >= count, "every chat with an id is answered");
        var answers = Accumulate(sender).ToHashSet();
        var delivered = Enumerable.Range(0, count).Where(i => answers.Contains(Delivered(i))).ToList();
        var offline = Enumerable.Range(0, count).Where(i => answers.Contains(Offline(i, "bob"))).ToList();
        delivered.Concat(offline).Order().ShouldBe(Enumerable.Range(0, count));
        Accumulate(sender).Count.ShouldBe(count);
        return (delivered, offline);
    }

    private static string Delivered(int id) => $$"""{"ok":"chat","id":{{id}},"receipt":"delivered"}""";

    private static string Offline(int id, string recipient) =>
        $$"""{"error":"recipient_offline","text":"the recipient is not logged in","id":{{id}},"recv":"{{recipient}}"}""";

    /// <summary>Whatever a test did: every accepted chat is accounted for.</summary>
    protected override void AfterAll()
    {
        Eventually.TrueAsync(() => _nodes.All(n => n.Ledger.Missing == 0), "what was accepted is delivered, refused, dropped or in flight", TimeSpan.FromSeconds(5))
            .GetAwaiter().GetResult();
        _nodes.Sum(n => n.Ledger.Accepted).ShouldBeGreaterThan(0);

        // Nobody is told more once everything is at rest.
        foreach (var (client, lines) in _seen)
        {
            var before = lines.Count;
            Accumulate(client).Count.ShouldBe(before);
        }

        base.AfterAll();
    }

    private List<MiniNode> Nodes(int count, int seed, double loss, out List<IActorRef> wires)
    {
        var nodes = Enumerable.Range(1, count).Select(i => new MiniNode(Sys, i, _registry)).ToList();
        var byId = nodes.ToDictionary(n => n.Id);
        wires = [.. Enumerable.Range(0, 2).Select(i => Sys.ActorOf(Props.Create(() => new BadWire(byId, seed + i, loss))))];
        foreach (var from in nodes)
        {
            foreach (var to in nodes.Where(n => n != from))
                from.Connect(to, wires[0]);
        }

        _nodes = nodes;
        return nodes;
    }
}
