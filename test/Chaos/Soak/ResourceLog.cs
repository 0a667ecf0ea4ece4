using System.Globalization;
using ChatAkka.Chaos.Lab;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Chaos.Soak;

/// <summary>Measures every process and the data of Redis at a steady pace, and tells how they changed.</summary>
internal sealed class ResourceLog : IAsyncDisposable
{
    private const string RedisData = "redis data";
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_atLeast = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<ResourceSample> _samples = [];
    private readonly Deployment _lab;
    private readonly ConnectionMultiplexer _redis;
    private readonly Task _task;

    private ResourceLog(Deployment lab, ConnectionMultiplexer redis)
    {
        _lab = lab;
        _redis = redis;
        _task = RunAsync();
    }

    /// <summary>Starts to measure.</summary>
    public static async Task<ResourceLog> StartAsync(Deployment lab) =>
        new(lab, await RedisConnector.ConnectAsync(Patience.With(lab.RedisAddress), "soak"));

    /// <summary>The lines of the report, in Markdown.</summary>
    public IEnumerable<string> Report()
    {
        List<ResourceSample> samples;
        lock (_samples)
            samples = [.. _samples];
        yield return $"Resources, measured every {s_pace.TotalSeconds} s, without the first {s_first.TotalMinutes} minutes of each process:";
        yield return "";
        yield return "| process / incarnation | resource | minutes | median | max | change an hour | in percent |";
        yield return "|---|---|---|---|---|---|---|";
        foreach (var trend in ResourceTrend.Of(samples, s_first, s_atLeast))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"| {trend.Source} | {trend.Resource} | {trend.Minutes:F0} | {trend.Median:F1} | {trend.Max:F1} | {trend.PerHour:+0.0;-0.0;0.0} | {trend.PercentPerHour:+0.0;-0.0;0.0} |");
        }
    }

    /// <summary>Writes all samples as comma-separated values: minute, source, resource, amount.</summary>
    public async Task SaveAsync(string file)
    {
        List<ResourceSample> samples;
        lock (_samples)
            samples = [.. _samples];
        await File.WriteAllLinesAsync(file, samples.SelectMany(
            s => s.Values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{s.At / 6e7:F2},{s.Source},\"{v.Key}\",{v.Value:F1}"))).Prepend("minute,source,resource,amount"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _task;
        await _redis.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var process in _lab.Members.Append(_lab.Redis))
            {
                if (process.Resources() is { } values)
                    Add(process.Name, values);
            }

            if (await DataAsync() is { } data)
                Add(RedisData, data);
            await Task.Delay(s_pace, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private void Add(string source, IReadOnlyDictionary<string, double> values)
    {
        lock (_samples)
            _samples.Add(new ResourceSample(Clock.Now, source, values));
    }

    private async Task<IReadOnlyDictionary<string, double>?> DataAsync()
    {
        try
        {
            var server = _redis.GetServers().First(s => s.IsConnected && !s.IsReplica);
            var memory = (await server.InfoAsync("memory")).SelectMany(g => g).First(p => p.Key == "used_memory_dataset").Value;
            return new Dictionary<string, double>
            {
                ["data, KB"] = double.Parse(memory, CultureInfo.InvariantCulture) / 1024,
                ["keys"] = await server.DatabaseSizeAsync(),
            };
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e) || e is InvalidOperationException)
        {
            return null;
        }
    }
}
