using System.Globalization;
using System.Text.Json;
using HdrHistogram;

namespace ChatAkka.Load;

/// <summary>Says what was measured: as text, as JSON, as a picture.</summary>
internal static class LoadReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static IEnumerable<string> Text(LoadResult r)
    {
        yield return $"{r.Protocol}: {r.Load}, {r.Users} users, logged in within {Number(r.LoginSeconds)} s";
        yield return $"chats      sent {r.Sent}  {Done(r.Pattern)} {r.Delivered}  lost {r.Lost}  doubled {r.Doubled}  reordered {r.Reordered}  damaged {r.Damaged}"
            + $"  unanswered {r.Unanswered}  errors {r.Errors}  disconnected {r.Disconnected}";
        if (r.FirstError is { } error)
            yield return $"first error {error}";
        if (r.Pattern == LoadPattern.Backlog)
            yield return $"backlog    all read after {Number(r.Seconds)} s";
        yield return $"throughput {r.PerSecond.ToString("F0", CultureInfo.InvariantCulture)} chats/s";
        yield return "latency ms " + string.Join("  ", r.LatencyMs.Select(l => $"{l.Key} {Number(l.Value)}"));
        foreach (var p in r.Processes)
        {
            yield return $"process {p.Id}  CPU {Number(p.CpuSeconds)} s ({Number(p.CpuPercent)} % of a core)  memory {Number(p.MegabytesBefore)} MB before,"
                + $" {Number(p.MegabytesAfter)} MB after, {Number((p.MegabytesAfter - p.MegabytesBefore) * 1024 / r.Users)} KiB a user";
        }

        if (r.CpuMicrosPerChat is { } micros)
            yield return $"CPU of the servers {Number(micros)} us a chat";
    }

    public static string Json(LoadResult result) => JsonSerializer.Serialize(result, s_json);

    /// <summary>Draws latency over percentile, both on logarithmic scales: to the right each step is ten times rarer.</summary>
    public static string Svg(LoadResult result, HistogramBase latencies)
    {
        const int width = 720, height = 400, left = 70, top = 40, right = 20, bottom = 50;
        const double nines = 5;
        var highest = Math.Max(10, latencies.TotalCount == 0 ? 10 : latencies.GetValueAtPercentile(100));
        var decades = Math.Ceiling(Math.Log10(highest)) - 1;
        double X(double n) => left + (n / nines * (width - left - right));
        double Y(double micros) => height - bottom - ((Math.Log10(Math.Max(10, micros)) - 1) / decades * (height - top - bottom));
        var points = Enumerable.Range(0, 251).Select(i => i * nines / 250)
            .Select(n => (n, Micros: latencies.TotalCount == 0 ? 10 : latencies.GetValueAtPercentile(100 * (1 - Math.Pow(10, -n)))));
        var svg = new List<string>
        {
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">",
            $"<text x=\"{left}\" y=\"20\">{result.Protocol}: {result.Load}, {Number(result.PerSecond)} chats/s</text>",
        };
        for (var d = 0; d <= decades; d++)
        {
            var micros = Math.Pow(10, d + 1);
            svg.Add($"<line x1=\"{left}\" x2=\"{width - right}\" y1=\"{Number(Y(micros))}\" y2=\"{Number(Y(micros))}\" stroke=\"#ddd\"/>");
            svg.Add($"<text x=\"{left - 6}\" y=\"{Number(Y(micros) + 4)}\" text-anchor=\"end\">{micros / 1000:0.##} ms</text>");
        }

        for (var n = 0; n <= nines; n++)
            svg.Add($"<text x=\"{Number(X(n))}\" y=\"{height - bottom + 20}\" text-anchor=\"middle\">{100 * (1 - Math.Pow(10, -n)):0.###} %</text>");
        svg.Add($"<polyline fill=\"none\" stroke=\"#0057b7\" stroke-width=\"2\" points=\"{string.Join(" ", points.Select(p => $"{Number(X(p.n))},{Number(Y(p.Micros))}"))}\"/>");
        svg.Add("</svg>");
        return string.Join('\n', svg);
    }

    private static string Done(LoadPattern pattern) => pattern switch
    {
        LoadPattern.Acks => "acknowledged",
        LoadPattern.Away => "stored",
        LoadPattern.Backlog => "read",
        _ => "delivered",
    };

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
