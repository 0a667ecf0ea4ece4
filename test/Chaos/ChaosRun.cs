using System.Globalization;
using ChatAkka.Chaos.Faults;
using ChatAkka.Chaos.History;
using ChatAkka.Chaos.Lab;
using ChatAkka.Chaos.Load;
using ChatAkka.Chaos.Soak;

namespace ChatAkka.Chaos;

/// <summary>A run: a deployment, users who chat, and one fault after the other, each followed by a check of what happened.</summary>
/// <remarks>
/// <code>
/// calm --inject--> fault --over--> recovering --every user chats--> repair --chats rest--> check --> calm
/// </code>
/// </remarks>
internal sealed class ChaosRun(ChaosOptions options, INetwork network, TextWriter console)
{
    /// <summary>Users without a client of their own: faults log them in.</summary>
    public static readonly IReadOnlyList<string> Sleepers = [.. Enumerable.Range(1, 10).Select(i => $"sleeper{i}")];

    private readonly TimeSpan _calm = TimeSpan.FromSeconds(options.Rounds == 0 ? 0.5 : 1.5);

    /// <summary>A run that looks for a broken promise does not wait long for users who may never be well again.</summary>
    private readonly TimeSpan _recoverLimit = TimeSpan.FromSeconds(options.Until is null ? 60 : 15);
    private static readonly TimeSpan s_restLimit = TimeSpan.FromSeconds(20);

    /// <summary>Nodes compare each session with the registry once in this time, and mend what is wrong.</summary>
    private readonly TimeSpan _sessionsLimit = TimeSpan.FromSeconds(6) * options.Patience;

    /// <summary>Nobody waits for the acknowledgement of chats without an id: it may take its time.</summary>
    private readonly TimeSpan _auditLimit = TimeSpan.FromSeconds(6) * options.Patience;

    private readonly EventLog _log = new(console, options.Verbose);
    private readonly List<RoundResult> _results = [];
    private SoakLoad? _soak;

    /// <summary>Runs to the end; gives the number of broken promises.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var faults = FaultCatalogue.Choose(options.Faults, network.HasWires, isShort: options.Rounds == 0, options.IsSoak);
        var random = new Random(options.Seed);
        var plan = options.Rounds == 0 ? faults : [.. Enumerable.Range(0, options.Rounds).Select(_ => faults[random.Next(faults.Count)])];
        await console.WriteLineAsync(
            $"seed {options.Seed}, {plan.Count} rounds, {options.Nodes} nodes, {options.Relays} relays, {options.Users} users, cap {options.Cap}, {options.Rate} chats/s, on {network.Kind}");
        if (!network.HasWires && options.Faults.Count == 0)
            await console.WriteLineAsync($"left out, as there are no wires: {string.Join(", ", FaultCatalogue.All.Where(f => f.NeedsWires).Select(f => f.Name))}");

        await using var lab = new Deployment(options, isReplicated: plan.Any(f => f.Name == RedisFaults.FailOver), network, _log);
        await lab.StartAsync();
        await using var fleet = new Fleet(options, [.. lab.Nodes.Select(n => lab.ClientAddressOf(n.Host))], _log);
        await using var probe = await KeyProbe.StartAsync(lab.RedisAddress, fleet.Users.Select(u => u.Name).Concat(Sleepers), _log);
        fleet.Start();
        await FaultContext.UntilAsync(() => fleet.IsWell(0), _recoverLimit);
        await using var soak = _soak = options.IsSoak ? await SoakLoad.StartAsync(lab, options) : null;
        var start = Clock.Now;
        foreach (var fault in plan)
        {
            if (stop.IsCancellationRequested || Clock.Now - start > Clock.Of(options.Length))
                break;
            var context = new FaultContext(lab, fleet, probe, _log, random, options);
            var result = await RoundAsync(fault, context);
            if (soak?.Check() is { Count: > 0 } broken)
                result = result with { Violations = [.. result.Violations, .. broken] };
            _results.Add(result);
            await console.WriteLineAsync(Report.Line(_results.Count, result));
            if (result.Violations.Count > 0)
                await TellAsync(lab, result);
            if (result.IsLast || IsFound(result))
                break;
        }

        await console.WriteLineAsync();
        foreach (var line in Report.Table(_results))
            await console.WriteLineAsync(line);
        await console.WriteLineAsync();
        foreach (var line in soak?.Report() ?? [])
            await console.WriteLineAsync(line);
        if (soak is not null)
            await soak.SaveAsync(Path.Combine(Directory.CreateDirectory(options.Logs).FullName, "resources.csv"));
        await console.WriteLineAsync($"memory, MB: {string.Join(", ", lab.Members.Append(lab.Redis).Select(m => $"{m.Host} {m.ResidentBytes >> 20}"))}");
        return _results.Sum(r => r.Violations.Count);
    }

    private bool IsFound(RoundResult result) => options.Until is { } rule && result.Violations.Any(v => rule == "any" || v.Rule == rule);

    private async Task<RoundResult> RoundAsync(Fault fault, FaultContext context)
    {
        try
        {
            return await TryRoundAsync(fault, context);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            // A server that does not come up again ends the run, with its logs.
            return new RoundResult(fault.Name, null, null, 0, 0, 0, [new Violation("the run goes on", e.Message, [])]) { IsLast = true };
        }
    }

    private async Task<RoundResult> TryRoundAsync(Fault fault, FaultContext context)
    {
        var end = Clock.Now + Clock.Of(options.RoundLength);
        context.Fleet.Statistics.Reset();
        context.Fleet.Chat();
        _soak?.Go();
        await Task.Delay(_calm);
        _log.Note($"--- {fault.Name}");
        var recovery = RecoverAsync(context);
        await fault.InjectAsync(context);
        var recovered = await recovery;
        context.Expect(recovered is not null, $"every user chats again within {_recoverLimit.TotalSeconds} s");
        await context.RepairAsync();
        await MembersReadyAsync(context);
        await Task.Delay(_calm);
        await FaultContext.UntilAsync(() => Clock.Now >= end, options.RoundLength);
        await (_soak?.RestAsync() ?? Task.CompletedTask);
        await context.Fleet.RestAsync(s_restLimit);
        await FaultContext.UntilAsync(() => WrongSessions(context).Count == 0, _sessionsLimit);
        var wrong = WrongSessions(context);
        context.Expect(wrong.Count == 0, $"at rest the registry names every user's node; {string.Join("; ", wrong)}");
        IReadOnlyList<string> unsettled = [];
        await FaultContext.UntilAsync(async () => (unsettled = await context.Lab.AuditAsync()).Count == 0, _auditLimit);
        context.Expect(unsettled.Count == 0, $"at rest every accepted chat is accounted for; {string.Join("; ", unsettled)}");
        var statistics = context.Fleet.Statistics;
        var events = _log.Take();
        var violations = HistoryChecker.Check(events, options.Cap);
        if (violations.Count + context.Broken.Count > 0)
            await SaveHistoryAsync(events);
        await context.EndAsync();
        return new RoundResult(
            fault.Name,
            recovered,
            context.KeysGone,
            statistics.SlowestDelivery,
            statistics.SlowestLogin,
            statistics.Messages,
            [.. violations, .. context.Broken]);
    }

    /// <summary>Gives how long it takes, from when the fault says, until every user chats again; null where that does not happen.</summary>
    private async Task<long?> RecoverAsync(FaultContext context)
    {
        var limit = _recoverLimit * 2;
        var isWell = await FaultContext.UntilAsync(() => context.RecoverFrom is > 0 and var since && context.Fleet.IsWell(since), limit);
        return isWell ? Clock.Now - context.RecoverFrom : null;
    }

    private async Task MembersReadyAsync(FaultContext context)
    {
        var lab = context.Lab;
        var areReady = await FaultContext.UntilAsync(() => lab.Members.All(m => m.IsReady), _recoverLimit);
        context.Expect(areReady, $"every member serves again; not {string.Join(", ", lab.Members.Where(m => !m.IsReady).Select(m => m.Host))}");
        var acts = await FaultContext.UntilAsync(() => lab.Relays.Count(r => r.IsRunning && r.Term > 0) == 1, _recoverLimit);
        context.Expect(acts, "one relay acts, and only one");
    }

    /// <summary>At rest, each user has one connection, and the registry says the same.</summary>
    private static List<string> WrongSessions(FaultContext context)
    {
        var wrong = new List<string>();
        foreach (var user in context.Fleet.Users)
        {
            var key = context.Probe.Last?.GetValueOrDefault(user.Name);
            var host = user.Current?.Host;
            if (host is null || key?.StartsWith(host + ":", StringComparison.Ordinal) != true)
                wrong.Add($"for {user.Name} it says {key ?? "nothing"}, and the user is on {host ?? $"no node: {user.Doing}"}");
        }

        return wrong;
    }

    private async Task TellAsync(Deployment lab, RoundResult result)
    {
        await lab.SaveLogsAsync(LogFolder(_results.Count));
        foreach (var line in result.Violations.Take(10).SelectMany(Report.Story))
            await console.WriteLineAsync(line);
        await console.WriteLineAsync($"seed {options.Seed}; logs and the history of the round are in {LogFolder(_results.Count)}");
    }

    private async Task SaveHistoryAsync(IEnumerable<HistoryEvent> events)
    {
        await File.WriteAllLinesAsync(Path.Combine(LogFolder(_results.Count + 1), "history.txt"), events.Select(e => e.ToString()!));
    }

    private string LogFolder(int round) =>
        Directory.CreateDirectory(Path.Combine(options.Logs, string.Create(CultureInfo.InvariantCulture, $"seed-{options.Seed}-round-{round}"))).FullName;
}
