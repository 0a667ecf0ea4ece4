namespace ChatAkka.Chaos.Soak;

/// <summary>How a resource of one source changed after its first minutes.</summary>
/// <param name="Source">The process with its incarnation, or the data of Redis.</param>
/// <param name="Resource">The resource with its unit.</param>
/// <param name="Minutes">How long it was measured after the first minutes.</param>
/// <param name="Median">Half of the samples are below this.</param>
/// <param name="Max">The largest sample.</param>
/// <param name="PerHour">Slope of the line through the samples, by least squares.</param>
internal sealed record ResourceTrend(string Source, string Resource, double Minutes, double Median, double Max, double PerHour)
{
    /// <summary>The slope in percent of the median.</summary>
    public double PercentPerHour => Median == 0 ? 0 : 100 * PerHour / Median;

    /// <summary>Gives the trend of each resource of each source that was measured for long enough.</summary>
    /// <param name="samples">All samples, in any order.</param>
    /// <param name="leaveOut">The first part of each source's life, in which caches fill.</param>
    /// <param name="atLeast">Sources that were measured for less than this after that have no trend.</param>
    public static IEnumerable<ResourceTrend> Of(IEnumerable<ResourceSample> samples, TimeSpan leaveOut, TimeSpan atLeast)
    {
        foreach (var source in samples.GroupBy(s => s.Source))
        {
            var all = source.OrderBy(s => s.At).ToList();
            var from = all[0].At + Clock.Of(leaveOut);
            var late = all.Where(s => s.At >= from).ToList();
            if (late.Count < 3 || late[^1].At - late[0].At < Clock.Of(atLeast))
                continue;
            foreach (var resource in late[0].Values.Keys)
                yield return Of(source.Key, resource, [.. late.Where(s => s.Values.ContainsKey(resource)).Select(s => (s.At / 3.6e9, s.Values[resource]))]);
        }
    }

    private static ResourceTrend Of(string source, string resource, IReadOnlyList<(double Hour, double Value)> points)
    {
        var (meanHour, meanValue) = (points.Average(p => p.Hour), points.Average(p => p.Value));
        var spread = points.Sum(p => (p.Hour - meanHour) * (p.Hour - meanHour));
        var slope = spread == 0 ? 0 : points.Sum(p => (p.Hour - meanHour) * (p.Value - meanValue)) / spread;
        var ordered = points.Select(p => p.Value).Order().ToList();
        return new ResourceTrend(source, resource, (points[^1].Hour - points[0].Hour) * 60, ordered[ordered.Count / 2], ordered[^1], slope);
    }
}
