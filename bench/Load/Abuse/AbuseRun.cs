using System.Globalization;
using System.Net;

namespace ChatAkka.Load.Abuse;

/// <summary>Measures what an abusive client costs the others: the same load without it and with it, in turns.</summary>
/// <param name="kind">What the abusive client does.</param>
/// <param name="from">Its own address; null: any.</param>
/// <param name="turns">How often both are measured.</param>
/// <param name="options">The load of the others.</param>
internal sealed class AbuseRun(AbuseKind kind, IPAddress? from, int turns, LoadOptions options)
{
    private readonly List<LoadResult> _alone = [];
    private readonly List<LoadResult> _abused = [];
    private long _sent;
    private long _connections;

    /// <summary>True if a chat of the others was lost, doubled, reordered or refused.</summary>
    public bool IsWrong => _alone.Concat(_abused).Any(r => r.IsWrong);

    /// <summary>Measures, and says what came out.</summary>
    public async Task RunAsync(TextWriter progress, CancellationToken stop)
    {
        for (var turn = 1; turn <= turns; turn++)
        {
            _alone.Add(await LoadRun.Create(options, TextWriter.Null).RunAsync(stop));
            await SayAsync(progress, $"turn {turn}, alone", _alone[^1]);
            _abused.Add(await AbusedAsync(stop));
            await SayAsync(progress, $"turn {turn}, with {kind}", _abused[^1]);
        }

        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{kind}: throughput ratio {Ratio(r => r.PerSecond):F2} (goal 0.85), p50 ratio {Ratio(r => r.LatencyMs["p50"]):F2}, p99 ratio {Ratio(r => r.LatencyMs["p99"]):F2} (goal 1.5); medians of {turns} turns"));
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"the abusive client began {_connections} connections and sent {_sent / 1e6:F1} MB"));
    }

    private async Task<LoadResult> AbusedAsync(CancellationToken stop)
    {
        var abuser = new Abuser(kind, options.Nodes[0], from);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var abusing = abuser.RunAsync(end.Token);
        var result = await LoadRun.Create(options, TextWriter.Null).RunAsync(stop);
        await end.CancelAsync();
        await abusing;
        (_sent, _connections) = (_sent + abuser.Sent, _connections + abuser.Connections);
        return result;
    }

    private static Task SayAsync(TextWriter progress, string what, LoadResult r) => progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
        $"{what,-24} {r.PerSecond,8:F0} chats/s  p50 {r.LatencyMs["p50"],7:F2} ms  p99 {r.LatencyMs["p99"],7:F2} ms{(r.IsWrong ? $"  WRONG: {r.FirstError}" : "")}"));

    private double Ratio(Func<LoadResult, double> figure)
    {
        double[] ratios = [.. _alone.Zip(_abused, (alone, abused) => figure(abused) / figure(alone)).Order()];
        return ratios[ratios.Length / 2];
    }
}
