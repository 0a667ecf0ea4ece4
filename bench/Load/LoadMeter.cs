using System.Diagnostics;
using HdrHistogram;

namespace ChatAkka.Load;

/// <summary>The clock of a run, the window of time that is measured, and what was counted in it.</summary>
/// <param name="processes">Processes whose CPU time and memory are measured.</param>
internal sealed class LoadMeter(IReadOnlyList<int> processes)
{
    private static readonly (string Name, double Percentile)[] s_percentiles =
        [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("p99.99", 99.99), ("max", 100)];

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly LongConcurrentHistogram _latencies = new(1, 3_600_000_000, 3);
    private readonly long[] _memory = [.. processes.Select(ProcessMeter.ResidentBytes)];
    private double[] _cpu = new double[processes.Count];
    private long _start = long.MaxValue;
    private long _end = long.MaxValue;
    private long _counted;

    /// <summary>Microseconds since the start.</summary>
    public long Now => _clock.Elapsed.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The latencies of the measured window, in microseconds.</summary>
    public HistogramBase Latencies => _latencies;

    /// <summary>Chats that were done in the window.</summary>
    public long Counted => Interlocked.Read(ref _counted);

    /// <summary>Length of the window.</summary>
    public double Seconds => (_end - _start) / 1e6;

    public double CpuSeconds => _cpu.Sum();

    /// <summary>Latencies in milliseconds, by the name of the percentile.</summary>
    public IReadOnlyDictionary<string, double> LatencyMs => s_percentiles.ToDictionary(p => p.Name, p => Percentile(p.Percentile));

    public IReadOnlyList<ProcessResult> Processes =>
        [.. processes.Select((p, i) => new ProcessResult(p, _cpu[i], 100 * _cpu[i] / Seconds, _memory[i] / 1048576.0, ProcessMeter.ResidentBytes(p) / 1048576.0))];

    /// <summary>A latency in milliseconds.</summary>
    public double Percentile(double percentile) => _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(percentile) / 1000.0;

    /// <summary>A chat that was sent at <paramref name="sent"/> is done.</summary>
    public void Record(long sent)
    {
        var now = Now;
        if (sent >= Volatile.Read(ref _start) && sent < Volatile.Read(ref _end))
            _latencies.RecordValue(Math.Clamp(now - sent, 1, 3_599_999_999));
        if (now >= Volatile.Read(ref _start) && now < Volatile.Read(ref _end))
            Interlocked.Increment(ref _counted);
    }

    /// <summary>Begins the window.</summary>
    public void Open()
    {
        _cpu = [.. processes.Select(ProcessMeter.CpuSeconds)];
        Volatile.Write(ref _start, Now);
    }

    /// <summary>Ends the window now.</summary>
    public void Close() => Close(Now);

    /// <summary>Ends the window at a moment that may be past.</summary>
    /// <remarks>The CPU time is that until now: what the servers do after the last chat belongs to the chats.</remarks>
    public void Close(long end)
    {
        Volatile.Write(ref _end, end);
        _cpu = [.. processes.Select((p, i) => ProcessMeter.CpuSeconds(p) - _cpu[i])];
    }
}
