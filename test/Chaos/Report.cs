using System.Globalization;
using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos;

/// <summary>Tells people what a run showed.</summary>
internal static class Report
{
    private const int MostEvents = 40;

    /// <summary>One line for a round.</summary>
    public static string Line(int number, RoundResult round) => string.Create(CultureInfo.InvariantCulture,
        $"round {number,3}  {round.Fault,-20} recovered {Seconds(round.Recovered),6}  keys gone {Seconds(round.KeysGone),6}  slowest delivery {Seconds(round.SlowestDelivery),6}  slowest login {Seconds(round.SlowestLogin),6}  messages {round.Messages,7}  violations {round.Violations.Count}");

    /// <summary>A broken promise with its evidence.</summary>
    public static IEnumerable<string> Story(Violation violation)
    {
        yield return $"VIOLATION {violation.Rule}: {violation.Text}";
        foreach (var happened in violation.Evidence.Take(MostEvents))
        {
            var text = happened is HistoryEvent.KeysSeen seen
                ? $"KeysSeen {{ From = {seen.From}, {string.Join(", ", seen.Nodes.Select(n => $"{n.Key} -> {n.Value}"))} }}"
                : happened.ToString();
            var at = happened.At == long.MaxValue ? "at the end" : string.Create(CultureInfo.InvariantCulture, $"{happened.At / 1e6,8:F3} s");
            yield return $"    {at}  {text}";
        }
    }

    /// <summary>The table at the end, in Markdown.</summary>
    public static IEnumerable<string> Table(IEnumerable<RoundResult> rounds)
    {
        yield return "| fault | count | recovered p50 / max, s | keys gone p50 / max, s | slowest delivery p50 / max, s | slowest login p50 / max, s | messages | violations |";
        yield return "|---|---|---|---|---|---|---|---|";
        foreach (var fault in rounds.GroupBy(r => r.Fault))
        {
            yield return $"| {fault.Key} | {fault.Count()} | {Spread(fault.Select(r => r.Recovered))} | {Spread(fault.Select(r => r.KeysGone))} | "
                + $"{Spread(fault.Select(r => (long?)r.SlowestDelivery))} | {Spread(fault.Select(r => (long?)r.SlowestLogin))} | "
                + $"{fault.Sum(r => r.Messages)} | {fault.Sum(r => r.Violations.Count)} |";
        }
    }

    private static string Spread(IEnumerable<long?> values)
    {
        var known = values.OfType<long>().Order().ToList();
        return known.Count == 0 ? "-" : $"{Seconds(known[(known.Count - 1) / 2])} / {Seconds(known[^1])}";
    }

    private static string Seconds(long? micros) => micros is { } m ? string.Create(CultureInfo.InvariantCulture, $"{m / 1e6:F2}") : "-";
}
