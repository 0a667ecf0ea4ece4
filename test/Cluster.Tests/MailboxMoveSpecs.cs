using System.Diagnostics;
using System.Text.Json;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Mailboxes move to another node when theirs is killed, while chats to users who are away go on.</summary>
[Collection(Alone.Name)]
public class MailboxMoveSpecs
{
    private const int Kills = 3;

    /// <summary>On an idle machine it takes 1.0 to 1.6 s. If heartbeats had to be missed first, it would take more than 5 s.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(4);

    [FactNeedsRedis]
    public async Task Should_give_receipts_again_soon_after_the_node_of_the_mailboxes_was_killed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var relay = TestNode.Relay(redis.Address);
        var owner = TestNode.Node(redis.Address, relay.Cluster);
        await owner.ReadyAsync();
        List<TimeSpan> took = [];
        for (var kill = 0; kill < Kills; kill++)
        {
            // The node that is there first owns the mailboxes, and the coordinator of the shards runs there: this is the longest way.
            var next = TestNode.Node(redis.Address, relay.Cluster);
            await next.ReadyAsync();
            using var alice = await ChatClient.LoginAsync(next.Clients, $"alice{kill}");
            var sender = new Sender(alice);
            await sender.AllStoredAsync();
            var watch = Stopwatch.StartNew();
            owner.Process.Signal("KILL");
            await sender.AllStoredAsync();
            took.Add(watch.Elapsed);
            await sender.StopAsync();
            sender.Others.ShouldBeEmpty("every chat is stored");
            await owner.DisposeAsync();
            owner = next;
        }

        await owner.DisposeAsync();
        took.Order().ElementAt(Kills / 2).ShouldBeLessThan(s_bound, string.Join(", ", took));
    }

    /// <summary>Sends chats with ids to many users in turn, all the time.</summary>
    private sealed class Sender
    {
        private const int Users = 64;
        private const int PerTick = 8;
        private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);
        private readonly ChatClient _client;
        private readonly CancellationTokenSource _stop = new();
        private readonly long[] _stored = new long[Users];
        private readonly Task _sending;
        private readonly Task _reading;
        private long _next = 1;

        public Sender(ChatClient client)
        {
            _client = client;
            _sending = Task.Run(SendAsync);
            _reading = Task.Run(ReadAsync);
        }

        /// <summary>Answers that were no receipts.</summary>
        public List<string> Others { get; } = [];

        /// <summary>Waits until each user has a receipt for a chat that is sent from now on.</summary>
        public async Task AllStoredAsync()
        {
            var since = Volatile.Read(ref _next);
            await Eventually.TrueAsync(() => Enumerable.Range(0, Users).All(u => Volatile.Read(ref _stored[u]) >= since), "each user has a receipt");
        }

        /// <summary>Stops, and waits until all is answered.</summary>
        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _sending;
            await _reading.WaitAsync(Eventually.Limit);
            _stop.Dispose();
        }

        private async Task SendAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                for (var i = 0; i < PerTick; i++)
                {
                    await _client.SendAsync($$"""{"cmd":"chat","recv":"away{{_next % Users}}","content":"hi","id":{{_next}}}""");
                    Interlocked.Increment(ref _next);
                }

                await Task.Delay(s_tick);
            }

            // It is answered after the last receipt.
            await _client.SendAsync("""{"cmd":"logout"}""");
        }

        private async Task ReadAsync()
        {
            for (var line = await _client.LineAsync(); line != """{"ok":"logout"}"""; line = await _client.LineAsync())
            {
                using var answer = JsonDocument.Parse(line);
                if (!answer.RootElement.TryGetProperty("receipt", out var receipt) || receipt.GetString() != "stored")
                {
                    Others.Add(line);
                    continue;
                }

                var id = answer.RootElement.GetProperty("id").GetInt64();
                Volatile.Write(ref _stored[id % Users], Math.Max(id, _stored[id % Users]));
            }
        }
    }
}
