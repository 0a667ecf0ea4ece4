using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos.Faults;

/// <summary>The registry's server goes away, comes back empty, stands still.</summary>
internal static class RedisFaults
{
    /// <summary>All sessions are in the registry again this long after it came back; measured, with room for a busy machine.</summary>
    private static readonly TimeSpan s_backWithin = TimeSpan.FromSeconds(5);

    /// <summary>The replica is cut off from the primary for so long before the primary dies.</summary>
    private static readonly TimeSpan s_lag = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_refusedWithin = TimeSpan.FromSeconds(1);

    /// <summary>What one process that cannot reach it may add to that.</summary>
    private static readonly TimeSpan s_aftermath = TimeSpan.FromSeconds(6);

    /// <summary>The fault that needs a replica.</summary>
    public const string FailOver = "redis-failover";

    public static IEnumerable<Fault> All =>
    [
        new("redis-kill", false, KillAsync),
        new("redis-pause", false, PauseAsync),
        new(FailOver, false, FailOverAsync),
    ];

    private static async Task KillAsync(FaultContext c)
    {
        var length = c.Length(4, 10);
        c.NoteDisturbed(ChaosOptions.Redis, length + s_aftermath);
        c.Lab.Redis.Signal("KILL");
        c.Log.Add(new HistoryEvent.StoreLost(Clock.Now));
        await c.Lab.Redis.ExitAsync(length);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var before = c.Fleet.Statistics.Messages;
        await Task.Delay(length - TimeSpan.FromSeconds(1));
        c.Expect(c.Fleet.Statistics.Messages > before, "chats between users whose place is known go on without Redis");
        var refusal = c.Fleet.Statistics.SlowestRefusal;
        c.Log.Note($"a login without Redis is refused within {refusal / 1e6:F2} s");
        c.Expect(refusal <= Clock.Of(c.Patiently(s_refusedWithin)), $"a login without Redis is refused within {s_refusedWithin.TotalSeconds} s; it took {refusal / 1e6:F2} s");
        c.RecoverFrom = Clock.Now;
        await c.Lab.RestartRedisAsync();
        var users = c.Fleet.Users.Count;
        await c.ExpectAsync(() => c.Probe.LastAt > c.RecoverFrom && c.Probe.Last?.Count >= users, s_backWithin, "all sessions are back");
    }

    /// <summary>The primary dies, an operator makes its replica the primary, and the dead one comes back as the replica.</summary>
    /// <remarks>A message counts as kept when the replica has it, so nothing that has a receipt is lost. The registry may lose sessions, which their
    /// nodes claim again.</remarks>
    private static async Task FailOverAsync(FaultContext c)
    {
        c.NoteDisturbed(ChaosOptions.Redis, TimeSpan.FromSeconds(15));
        var dead = c.Lab.Redis;
        if (c.Network.HasWires)
        {
            // What the primary takes from here on dies with it: none of it may have a receipt.
            await c.Network.DropAsync([(ChaosOptions.Redis, ChaosOptions.StandbyRedis), (ChaosOptions.StandbyRedis, ChaosOptions.Redis)]);
            await Task.Delay(s_lag);
        }

        dead.Signal("KILL");
        await dead.ExitAsync(TimeSpan.FromSeconds(5));
        await Task.Delay(TimeSpan.FromSeconds(0.5));
        await c.Network.HealAsync();
        c.RecoverFrom = Clock.Now;
        await c.Lab.PromoteReplicaAsync();
        await c.Lab.StartReplicaAsync();
        var users = c.Fleet.Users.Count;
        await c.ExpectAsync(() => c.Probe.LastAt > c.RecoverFrom && c.Probe.Last?.Count >= users, s_backWithin, "all sessions are back");
    }

    private static async Task PauseAsync(FaultContext c)
    {
        var length = c.Length(3, 5);
        c.NoteDisturbed(ChaosOptions.Redis, length + s_aftermath);
        c.Lab.Redis.Signal("STOP");
        await Task.Delay(length);
        c.Lab.Redis.Signal("CONT");
        c.RecoverFrom = Clock.Now;
    }
}
