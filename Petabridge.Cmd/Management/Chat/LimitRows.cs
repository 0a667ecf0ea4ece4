using System.Text.Json.Nodes;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Management.Chat;

/// <summary>What the limits against abuse stopped: a row for each node and limit. Pure.</summary>
internal static class LimitRows
{
    /// <summary>Names of the columns.</summary>
    public static readonly string[] Columns = ["node", "limit", "stopped"];

    /// <summary>Puts the reports of the living nodes together. A limit that stopped nothing has no row.</summary>
    public static IEnumerable<JsonNode?[]> Of(IReadOnlyList<NodeReport> reports) =>
        from report in reports
        from limit in (report.Limits ?? new Dictionary<string, long>()).OrderBy(l => l.Key, StringComparer.Ordinal)
        select new JsonNode?[] { report.Address, limit.Key, limit.Value };
}
