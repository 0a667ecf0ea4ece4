using System.Diagnostics;
using HdrHistogram;

namespace ChatAkka.Load;

/// <summary>A run: log in, warm up, measure, wait for what is still on its way.</summary>
internal sealed class LoadRun(LoadOptions options, TextWriter progress)
{
    /// <summary>After so long without a delivery nothing more is expected.</summary>
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(2);

    private static readonly (string Name, double Percentile)[] s_percentiles =
        [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("p99.99", 99.99), ("max", 100)];

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly LongConcurrentHistogram _latencies = new(1, 3_600_000_000, 3);
    private readonly List<LoadClient> _clients = [];
    private readonly List<Pair> _pairs = [];
    private long _windowStart = long.MaxValue;
    private long _windowEnd = long.MaxValue;
    private long _inWindow;
    private long _errors;
    private volatile bool _isSending;

    private long Now => _clock.Elapsed.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The latencies of the measured window, in microseconds.</summary>
    public HistogramBase Latencies => _latencies;

    /// <summary>A chat that was sent at <paramref name="sent"/> arrived.</summary>
    public void Record(long sent)
    {
        var now = Now;
        if (sent >= Volatile.Read(ref _windowStart) && sent < Volatile.Read(ref _windowEnd))
            _latencies.RecordValue(Math.Clamp(now - sent, 1, 3_599_999_999));
        if (now >= Volatile.Read(ref _windowStart) && now < Volatile.Read(ref _windowEnd))
            Interlocked.Increment(ref _inWindow);
    }

    /// <summary>Runs to the end.</summary>
    public async Task<LoadResult> RunAsync(CancellationToken stop)
    {
        var before = options.Processes.ToDictionary(p => p, ProcessMeter.ResidentBytes);
        var login = Stopwatch.StartNew();
        await LoginAsync(stop);
        var loginSeconds = login.Elapsed.TotalSeconds;
        await progress.WriteLineAsync($"{_clients.Count} users logged in, {loginSeconds:F2} s");
        _isSending = options.Mode != LoadMode.Idle;
        var sending = options.Mode == LoadMode.Open ? Task.Factory.StartNew(SendOpen, TaskCreationOptions.LongRunning) : Task.CompletedTask;
        if (options.Mode == LoadMode.Closed)
            StartClosed();
        await DelayAsync(options.WarmUp, stop);
        var cpu = options.Processes.ToDictionary(p => p, ProcessMeter.CpuSeconds);
        var start = Now;
        Volatile.Write(ref _windowStart, start);
        await DelayAsync(options.Length, stop);
        var end = Now;
        Volatile.Write(ref _windowEnd, end);
        var used = options.Processes.ToDictionary(p => p, p => ProcessMeter.CpuSeconds(p) - cpu[p]);
        var delivered = Interlocked.Read(ref _inWindow);
        _isSending = false;
        await sending;
        await DrainAsync();
        var seconds = (end - start) / 1e6;
        var result = new LoadResult
        {
            Protocol = options.Protocol,
            Load = Describe(),
            Users = options.Users,
            LoginSeconds = loginSeconds,
            Sent = _pairs.Sum(p => p.Sent),
            Delivered = _pairs.Sum(p => p.Delivered),
            Lost = _pairs.Sum(p => p.Lost),
            Doubled = _pairs.Sum(p => p.Doubled),
            Reordered = _pairs.Sum(p => p.Reordered),
            Damaged = _pairs.Sum(p => p.Damaged),
            Errors = Interlocked.Read(ref _errors),
            Disconnected = _clients.Count(c => c.IsClosed),
            PerSecond = delivered / seconds,
            LatencyMs = s_percentiles.ToDictionary(p => p.Name, p => _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(p.Percentile) / 1000.0),
            Processes = [.. options.Processes.Select(p => new ProcessResult(
                p, used[p], 100 * used[p] / seconds, before[p] / 1048576.0, ProcessMeter.ResidentBytes(p) / 1048576.0))],
            CpuMicrosPerChat = options.Processes.Count == 0 || delivered == 0 ? null : used.Values.Sum() * 1e6 / delivered,
        };
        _clients.ForEach(c => c.Dispose());
        return result;
    }

    private string Describe()
    {
        var load = options.Mode switch
        {
            LoadMode.Closed => $"closed loop, {options.Window} in flight",
            LoadMode.Open => $"open loop, {options.Rate}/s",
            _ => "idle",
        };
        return options.Mode == LoadMode.Idle ? load : $"{load}, {options.Pattern}, {options.Size} B{(options.Receipts ? ", with receipts" : "")}{(options.Acks ? ", acknowledged" : "")}".ToLowerInvariant();
    }

    private async Task LoginAsync(CancellationToken stop)
    {
        IWire wire = options.Protocol == "nats" ? new NatsWire() : new ChatAkkaWire();
        for (var i = 0; i < options.Users; i++)
            _clients.Add(new LoadClient(wire, options.Acks ? $"load{Environment.ProcessId}-{i}" : $"load{i}", options.Acks && i % 2 == 1) { OnError = () => Interlocked.Increment(ref _errors) });
        await Parallel.ForAsync(
            0,
            options.Users,
            new ParallelOptions { MaxDegreeOfParallelism = options.LoginsAtOnce, CancellationToken = stop },
            async (i, _) => await _clients[i].LoginAsync(options.Nodes[NodeOf(i) % options.Nodes.Count]));
        if (options.Mode == LoadMode.Idle)
            return;
        for (var i = 0; i + 1 < options.Users; i += 2)
            _pairs.Add(new Pair(_clients[i], _clients[i + 1], options.Size, this));
    }

    /// <summary>The node of a user: users are paired, 0 with 1, 2 with 3 and so on; every other pair is turned round.</summary>
    private int NodeOf(int user)
    {
        var (pair, second) = (user / 2, user % 2);
        var isLocal = options.Pattern == LoadPattern.Local || (options.Pattern == LoadPattern.Mixed && pair % 4 < 2);
        return isLocal ? pair : pair + second;
    }

    private void StartClosed()
    {
        foreach (var pair in _pairs)
        {
            if (options.Receipts)
            {
                pair.Sender.OnReceipt = () => AddNext(pair);
                pair.Sender.OnReadDone = pair.Sender.Flush;
            }
            else
            {
                // The sender is another client than the one that reads: what its chats caused is sent when the read is done.
                pair.OnDelivered = AddNext;
                _clients[(2 * _pairs.IndexOf(pair)) + 1].OnReadDone = pair.Sender.Flush;
            }
        }

        foreach (var pair in _pairs)
        {
            for (var i = 0; i < options.Window; i++)
                pair.Add(Now, options.Receipts);
            pair.Sender.Flush();
        }
    }

    private void AddNext(Pair pair)
    {
        if (_isSending)
            pair.Add(Now, options.Receipts);
    }

    private void SendOpen()
    {
        var start = Now;
        for (long sent = 0; _isSending;)
        {
            var due = (Now - start) * options.Rate / 1_000_000;
            for (; sent < due; sent++)
            {
                var pair = _pairs[(int)(sent % _pairs.Count)];
                pair.Add(start + (sent * 1_000_000 / options.Rate), options.Receipts);
                pair.Sender.Flush();
            }

            Thread.Sleep(1);
        }
    }

    private async Task DelayAsync(TimeSpan length, CancellationToken stop)
    {
        var end = _clock.Elapsed + length;
        long last = _pairs.Sum(p => p.Delivered);
        while (_clock.Elapsed < end)
        {
            var step = end - _clock.Elapsed;
            await Task.Delay(step < TimeSpan.FromSeconds(1) ? step : TimeSpan.FromSeconds(1), stop);
            var delivered = _pairs.Sum(p => p.Delivered);
            await progress.WriteLineAsync(
                $"{_clock.Elapsed.TotalSeconds,6:F0} s  {delivered - last,9} chats  {_pairs.Sum(p => p.Lost),7} under way  p99 {LatencyMs(99):F2} ms");
            last = delivered;
        }
    }

    private double LatencyMs(double percentile) => _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(percentile) / 1000.0;

    private async Task DrainAsync()
    {
        var last = -1L;
        for (var delivered = 0L; delivered != last && _pairs.Any(p => p.Lost > 0);)
        {
            last = _pairs.Sum(p => p.Delivered);
            for (var end = _clock.Elapsed + s_drain; _clock.Elapsed < end && _pairs.Any(p => p.Lost > 0);)
                await Task.Delay(10);
            delivered = _pairs.Sum(p => p.Delivered);
        }
    }
}
