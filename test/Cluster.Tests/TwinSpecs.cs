using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>What happens when somebody starts a process on ports that another one has: the second ends and says which, and the first does
/// not notice.</summary>
public sealed class TwinSpecs(TwinSpecs.RunningCluster cluster) : IClassFixture<TwinSpecs.RunningCluster>
{
    [FactNeedsRedis]
    public async Task Should_end_a_node_that_is_started_a_second_time_and_leave_the_first_alone()
    {
        var twin = cluster.Node.RunTwinAsync();
        await cluster.NobodySharesAsync(twin);
        RefusesAll(await twin, $"chat.cluster.address: {cluster.Node.Cluster} is taken", $"chat.listener.address: {cluster.Node.Clients} is taken");
        await cluster.NobodyNoticedAsync();
    }

    [FactNeedsRedis]
    public async Task Should_end_a_relay_that_is_started_a_second_time_and_leave_the_first_alone()
    {
        var twin = cluster.Relay.RunTwinAsync();
        await cluster.NobodySharesAsync(twin);
        RefusesAll(await twin, $"chat.cluster.address: {cluster.Relay.Cluster} is taken", "--cluster");
        await cluster.NobodyNoticedAsync();
    }

    [FactNeedsRedis]
    public async Task Should_end_a_node_that_has_only_its_client_port_in_common_with_another_before_it_joins()
    {
        var second = TestNode.RunToEndAsync(
            "ChatAkka.Node",
            ["--redis", cluster.Redis.Address, "--join", cluster.Relay.Cluster, "--cluster", $"127.0.0.1:{FreePorts.Next()}", "--listen", cluster.Node.Clients]);
        await cluster.NobodySharesAsync(second);
        RefusesAll(await second, $"chat.listener.address: {cluster.Node.Clients} is taken", "--listen");
        await cluster.NobodyNoticedAsync();
    }

    [FactNeedsRedis]
    public async Task Should_end_a_node_of_its_own_beside_a_cluster_on_the_same_ports()
    {
        using var data = new TempFolder();
        var alone = TestNode.RunToEndAsync(
            "ChatAkka.Node",
            ["--data", data.Path, "--cluster", cluster.Relay.Cluster, "--listen", cluster.Node.Clients],
            ("CHATAKKA__CHAT__REDIS__EMBEDDED__ADDRESS", cluster.Redis.Address));
        await cluster.NobodySharesAsync(alone);
        RefusesAll(
            await alone,
            $"chat.cluster.address: {cluster.Relay.Cluster} is taken",
            $"chat.listener.address: {cluster.Node.Clients} is taken",
            $"chat.redis.embedded.address: {cluster.Redis.Address} is taken");
        await cluster.NobodyNoticedAsync();
    }

    [FactNeedsRedis]
    public async Task Should_end_a_node_whose_pbm_port_was_asked_for_and_is_taken()
    {
        var second = TestNode.RunToEndAsync(
            "ChatAkka.Node",
            [
                "--redis", cluster.Redis.Address, "--join", cluster.Relay.Cluster, "--cluster", $"127.0.0.1:{FreePorts.Next()}",
                "--listen", $"127.0.0.1:{FreePorts.Next()}", "--pbm", cluster.Pbm,
            ]);
        await cluster.NobodySharesAsync(second);
        RefusesAll(await second, $"cannot listen for pbm on {cluster.Pbm}", "--pbm");
        await cluster.NobodyNoticedAsync();
    }

    private static void RefusesAll((int ExitCode, string Output) second, params string[] says)
    {
        second.ExitCode.ShouldBe(2, second.Output);
        foreach (var text in says)
            second.Output.ShouldContain(text);
        second.Output.ShouldNotContain("is ready");
        second.Output.ShouldNotContain("   at ");
    }

    /// <summary>A relay, a node with a client, and Redis.</summary>
    public sealed class RunningCluster : IAsyncLifetime
    {
        private ChatClient _bob = null!;
        private int _pings;

        internal RedisServer Redis { get; private set; } = null!;

        internal TestNode Relay { get; private set; } = null!;

        internal TestNode Node { get; private set; } = null!;

        internal string Pbm { get; } = $"127.0.0.1:{FreePorts.Next()}";

        private IEnumerable<int> Ports => new[] { Relay.Cluster, Node.Cluster, Node.Clients, Pbm, Redis.Address }.Select(a => int.Parse(a.Split(':')[1]));

        public async Task InitializeAsync()
        {
            if (RedisServer.SkipReason is not null)
                return;
            Redis = await RedisServer.StartAsync();
            Relay = TestNode.Relay(Redis.Address);
            Node = TestNode.Node(Redis.Address, Relay.Cluster, "--pbm", Pbm);
            await Node.ReadyAsync();
            _bob = await ChatClient.LoginAsync(Node.Clients, "bob");
        }

        public async Task DisposeAsync()
        {
            if (RedisServer.SkipReason is not null)
                return;
            _bob.Dispose();
            await Node.DisposeAsync();
            await Relay.DisposeAsync();
            await Redis.DisposeAsync();
        }

        /// <summary>As <c>ss -ltn</c> shows it, all the time until the second ends.</summary>
        internal async Task NobodySharesAsync(Task second)
        {
            try
            {
                do
                {
                    foreach (var port in Ports)
                        TestPorts.Listeners(port).ShouldBe(1, $"port {port}");
                }
                while (await Task.WhenAny(second, Task.Delay(20)) != second);
            }
            finally
            {
                // It is killed where it does not end by itself.
                await second.ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }

        internal async Task NobodyNoticedAsync()
        {
            // The client of the first is served as before, by a member that saw nobody come and nobody go.
            await _bob.SendAsync($$"""{"cmd":"chat","recv":"bob","content":"still here","id":{{++_pings}}}""");
            (await _bob.LineAsync()).ShouldEndWith(":still here");
            (await _bob.LineAsync()).ShouldContain("delivered");
            foreach (var process in new[] { Relay.Process, Node.Process })
            {
                process.HasExited.ShouldBeFalse(process.Output);
                process.Output.Split(" is JOINING").Length.ShouldBeLessThanOrEqualTo(3, process.Output);
            }
        }
    }
}
