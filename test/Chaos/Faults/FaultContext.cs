using ChatAkka.Chaos.History;
using ChatAkka.Chaos.Lab;
using ChatAkka.Chaos.Load;

namespace ChatAkka.Chaos.Faults;

/// <summary>What a fault works on, and where it tells what it did.</summary>
internal sealed class FaultContext(Deployment lab, Fleet fleet, KeyProbe probe, EventLog log, Random random, ChaosOptions options)
{
    private readonly List<Violation> _broken = [];
    private readonly List<Func<Task>> _repairs = [];
    private readonly List<Func<Task>> _ends = [];
    private long _recoverFrom;

    public Deployment Lab => lab;

    public INetwork Network => lab.Network;

    public Fleet Fleet => fleet;

    public KeyProbe Probe => probe;

    public EventLog Log => log;

    public Random Random => random;

    /// <summary>From when on recovery is measured: the fault began, or was over where it has a length.</summary>
    public long RecoverFrom
    {
        get => Volatile.Read(ref _recoverFrom);
        set => Volatile.Write(ref _recoverFrom, value);
    }

    /// <summary>How long the keys of the dead took to go, in microseconds; null where nobody died.</summary>
    public long? KeysGone { get; set; }

    /// <summary>Expectations that did not hold.</summary>
    public IReadOnlyList<Violation> Broken => _broken;

    /// <summary>Chooses one.</summary>
    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>Chooses a node that holds sessions, and that no soak follows.</summary>
    public LabProcess PickBusyNode() => Pick(lab.Nodes.Where(n => HoldersOn(n).Count > 0 && n != lab.Spared).DefaultIfEmpty(lab.Nodes[^1]).ToList());

    /// <summary>Chooses between the length of a short run and a full one.</summary>
    public TimeSpan Length(double shortSeconds, double seconds) => TimeSpan.FromSeconds(options.Rounds == 0 ? shortSeconds : seconds);

    /// <summary>A bound, with the patience that was asked for.</summary>
    public TimeSpan Patiently(TimeSpan bound) => bound * options.Patience;

    /// <summary>Address of a process's host.</summary>
    public string AddressOf(LabProcess process) => Network.AddressOf(process.Host);

    /// <summary>Notes what has to hold.</summary>
    public void Expect(bool holds, string what)
    {
        if (!holds)
            _broken.Add(new Violation("expectation", what, []));
    }

    /// <summary>Done once the users are well again.</summary>
    public void Afterwards(Func<Task> repair) => _repairs.Add(repair);

    /// <summary>Does what was put off.</summary>
    public async Task RepairAsync()
    {
        foreach (var repair in _repairs)
            await repair();
    }

    /// <summary>Done once the history was checked.</summary>
    public void AfterCheck(Func<Task> end) => _ends.Add(end);

    /// <summary>Does what was put off until the history was checked.</summary>
    public async Task EndAsync()
    {
        foreach (var end in _ends)
            await end();
    }

    /// <summary>A node is dead, or will be: its keys must be gone within the bound.</summary>
    public void NoteDead(LabProcess node, TimeSpan bound) => log.Add(new HistoryEvent.Died(Clock.Now, AddressOf(node), Clock.Of(Patiently(bound))));

    /// <summary>A host is not itself from now on for a time, and its clients and keys with it.</summary>
    public void NoteDisturbed(LabProcess process, TimeSpan length) => NoteDisturbed(AddressOf(process), length);

    /// <summary>A host, or "redis", is not itself from now on for a time.</summary>
    public void NoteDisturbed(string host, TimeSpan length) => log.Add(new HistoryEvent.Disturbed(Clock.Now, Clock.Now + Clock.Of(length), host));

    /// <summary>Node ids on a host that hold sessions now.</summary>
    public IReadOnlySet<string> HoldersOn(params IEnumerable<LabProcess> nodes)
    {
        var addresses = nodes.Select(n => AddressOf(n) + ":").ToList();
        return (probe.Last ?? new Dictionary<string, string>()).Values.Where(v => addresses.Any(a => v.StartsWith(a, StringComparison.Ordinal))).ToHashSet();
    }

    /// <summary>Waits until no session key names one of these node ids; notes how long that took since <paramref name="since"/>.</summary>
    public async Task AwaitKeysGoneAsync(IReadOnlySet<string> holders, long since, TimeSpan bound)
    {
        bound = Patiently(bound);
        var isGone = await UntilAsync(() => probe.Last is { } last && probe.LastAt > since && !last.Values.Any(holders.Contains), bound + TimeSpan.FromSeconds(10));
        KeysGone = Clock.Now - since;
        Expect(isGone && KeysGone <= Clock.Of(bound), $"keys of the dead are gone within {bound.TotalSeconds} s; it took {KeysGone / 1e6:F2} s");
    }

    /// <summary>Waits for a process to end by itself with a certain exit code.</summary>
    public async Task ExpectExitAsync(LabProcess process, int incarnation, int exitCode, TimeSpan limit)
    {
        var start = Clock.Now;
        limit = Patiently(limit);
        await UntilAsync(() => process.Incarnation > incarnation || !process.IsRunning, limit);
        var ended = lab.Surprises.Where(s => s.Name == $"{process.Host}/{incarnation}").Select(s => (int?)s.ExitCode).LastOrDefault();
        ended ??= process.Incarnation == incarnation && !process.IsRunning ? process.ExitCode : null;
        Expect(ended == exitCode, $"{process.Host} exits with {exitCode} within {limit.TotalSeconds} s; after {(Clock.Now - start) / 1e6:F1} s it is {ended?.ToString() ?? "running"}");
        log.Note($"{process.Host} ended after {(Clock.Now - start) / 1e6:F2} s with {ended}");
    }

    /// <summary>Expects that something happens in time.</summary>
    public async Task ExpectAsync(Func<bool> condition, TimeSpan bound, string what)
    {
        var start = Clock.Now;
        var isTrue = await UntilAsync(condition, Patiently(bound) + TimeSpan.FromSeconds(10));
        var took = Clock.Now - start;
        Expect(isTrue && took <= Clock.Of(Patiently(bound)), $"{what} within {Patiently(bound).TotalSeconds} s; it took {took / 1e6:F2} s");
        log.Note($"{what} after {took / 1e6:F2} s");
    }

    /// <summary>Waits for a condition, but no longer than the limit.</summary>
    public static Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit) => UntilAsync(() => Task.FromResult(condition()), limit);

    /// <summary>Waits for a condition, but no longer than the limit.</summary>
    public static async Task<bool> UntilAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        var end = Clock.Now + Clock.Of(limit);
        while (!await condition())
        {
            if (Clock.Now > end)
                return false;
            await Task.Delay(5);
        }

        return true;
    }
}
