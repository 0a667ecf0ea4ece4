using System.Globalization;
using HdrHistogram;

namespace ChatAkka.Load;

/// <summary>A run: log in, load, measure, wait for what is still on its way.</summary>
internal abstract class LoadRun
{
    /// <summary>After so long without a chat that is done nothing more is expected.</summary>
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(1);

    private readonly TextWriter _progress;
    private readonly IProtocol _protocol;
    private long _errors;
    private string? _firstError;

    protected LoadRun(LoadOptions options, TextWriter progress)
    {
        (Options, _progress) = (options, progress);
        Meter = new LoadMeter(options.Processes);
        _protocol = options.Protocol switch
        {
            "nats" => new PlainProtocol(new NatsWire()),
            "jetstream" => new JetStreamProtocol(Name),
            _ => new PlainProtocol(new ChatAkkaWire()),
        };
    }

    /// <summary>The latencies of the measured window, in microseconds.</summary>
    public HistogramBase Latencies => Meter.Latencies;

    protected LoadOptions Options { get; }

    protected LoadMeter Meter { get; }

    /// <summary>What no other run is called: the names of users whose mailboxes must be new begin with it.</summary>
    protected string Name { get; } = $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds():x}-{Environment.ProcessId:x}";

    /// <summary>Chats that are done.</summary>
    protected abstract long Done { get; }

    /// <summary>Chats that were sent and are not done.</summary>
    protected abstract long UnderWay { get; }

    /// <summary>Makes the run that the options ask for.</summary>
    public static LoadRun Create(LoadOptions options, TextWriter progress) => options.Pattern switch
    {
        LoadPattern.Away => new AwayRun(options, progress),
        LoadPattern.Backlog => new BacklogRun(options, progress),
        _ => new PairRun(options, progress),
    };

    /// <summary>Runs to the end.</summary>
    public async Task<LoadResult> RunAsync(CancellationToken stop)
    {
        await _protocol.PrepareAsync(Options.Nodes[0], stop);
        var clients = new List<LoadClient>();
        try
        {
            return await RunAsync(clients, stop);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
            await _protocol.CleanUpAsync(Options.Nodes[0]);
        }
    }

    /// <summary>Runs to the end, on a prepared server.</summary>
    /// <param name="clients">Takes the clients that are closed after the run.</param>
    /// <param name="stop">Ends the run early.</param>
    protected abstract Task<LoadResult> RunAsync(List<LoadClient> clients, CancellationToken stop);

    protected LoadClient NewClient(string name, bool acks) => new(_protocol.NewWire(), name, acks) { OnError = OnError };

    /// <summary>Logs clients in, some at a time.</summary>
    /// <returns>How many seconds it took.</returns>
    protected async Task<double> LoginAsync(IReadOnlyList<LoadClient> clients, Func<int, int> nodeOf, CancellationToken stop)
    {
        var start = Meter.Now;
        await AtOnceAsync(clients.Count, i => clients[i].LoginAsync(NodeAt(nodeOf(i))), stop);
        var seconds = (Meter.Now - start) / 1e6;
        await SayAsync(string.Create(CultureInfo.InvariantCulture, $"{clients.Count} users logged in, {seconds:F2} s"));
        return seconds;
    }

    /// <summary>Does what logs in, so many at a time as the options say.</summary>
    protected Task AtOnceAsync(int count, Func<int, Task> body, CancellationToken stop) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = Options.LoginsAtOnce, CancellationToken = stop }, async (i, _) => await body(i));

    protected string NodeAt(int number) => Options.Nodes[number % Options.Nodes.Count];

    /// <summary>Starts the load and measures it after the warm-up; without warm-up from its first chat.</summary>
    protected async Task MeasureAsync(Action startLoad, CancellationToken stop)
    {
        if (Options.WarmUp > TimeSpan.Zero)
        {
            startLoad();
            await DelayAsync(Options.WarmUp, stop);
            Meter.Open();
        }
        else
        {
            Meter.Open();
            startLoad();
        }

        await DelayAsync(Options.Length, stop);
        Meter.Close();
    }

    /// <summary>Waits until nothing is under way, or nothing comes any more.</summary>
    protected async Task DrainAsync()
    {
        var last = -1L;
        for (var done = 0L; done != last && UnderWay > 0;)
        {
            last = Done;
            for (var end = Meter.Now + (s_drain.Ticks / TimeSpan.TicksPerMicrosecond); Meter.Now < end && UnderWay > 0;)
                await Task.Delay(10);
            done = Done;
        }
    }

    protected Task SayAsync(string what) => _progress.WriteLineAsync(what);

    /// <summary>Says what was measured.</summary>
    /// <param name="load">The load in words.</param>
    /// <param name="users">How many users logged in.</param>
    /// <param name="loginSeconds">How long that took.</param>
    /// <param name="tally">What became of the chats.</param>
    protected LoadResult Result(string load, int users, double loginSeconds, LoadTally tally) => new()
    {
        Protocol = Options.Protocol,
        Load = load.ToLowerInvariant(),
        Pattern = Options.Pattern,
        Users = users,
        LoginSeconds = loginSeconds,
        Sent = tally.Sent,
        Delivered = tally.Done,
        Lost = tally.Lost,
        Doubled = tally.Doubled,
        Reordered = tally.Reordered,
        Damaged = tally.Damaged,
        Unanswered = tally.Unanswered,
        Errors = Interlocked.Read(ref _errors),
        FirstError = _firstError,
        Disconnected = tally.Disconnected,
        Seconds = Meter.Seconds,
        PerSecond = Meter.Counted / Meter.Seconds,
        LatencyMs = Meter.LatencyMs,
        Processes = Meter.Processes,
        CpuMicrosPerChat = Options.Processes.Count == 0 || Meter.Counted == 0 ? null : Meter.CpuSeconds * 1e6 / Meter.Counted,
    };

    protected void OnError(string line)
    {
        Interlocked.Increment(ref _errors);
        Interlocked.CompareExchange(ref _firstError, line, null);
    }

    private async Task DelayAsync(TimeSpan length, CancellationToken stop)
    {
        var end = Meter.Now + (length.Ticks / TimeSpan.TicksPerMicrosecond);
        var last = Done;
        while (TimeSpan.FromMicroseconds(end - Meter.Now) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < s_progress ? left : s_progress, stop);
            var done = Done;
            await SayAsync(string.Create(
                CultureInfo.InvariantCulture, $"{Meter.Now / 1e6,6:F0} s  {done - last,9} chats  {UnderWay,7} under way  p99 {Meter.Percentile(99):F2} ms"));
            last = done;
        }
    }
}
