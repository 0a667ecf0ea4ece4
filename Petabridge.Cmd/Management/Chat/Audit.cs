using System.Globalization;
using System.Text.Json.Nodes;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Management.Chat;

/// <summary>The conservation ledger of the cluster: what every node accepted, and what became of it.</summary>
/// <remarks>
/// A node that is gone has a row of its own, made of what the others took from it over their links: what it accepted is known as far as
/// it was delivered elsewhere; what other nodes sent to it and was lost with it has a column of its own, and counts as dropped at the nodes that sent it. Pure.
/// </remarks>
/// <param name="Rows">A row for each node, those that are gone behind the others, and one for all.</param>
internal sealed record Audit(IReadOnlyList<Audit.Row> Rows)
{
    /// <summary>Names of the columns.</summary>
    public static readonly string[] Columns =
        ["node", "accepted", "delivered", "stored", "refused", "dropped", "in flight", "missing", "lost with it", "reasons"];

    private static readonly IReadOnlyDictionary<string, long> s_none = new Dictionary<string, long>();

    /// <summary>Puts the reports of the living nodes together.</summary>
    public static Audit Of(IReadOnlyList<NodeReport> reports)
    {
        List<Row> rows = [.. reports.Select(r => new Row(r.Address, r.Ledger, 0))];
        var living = reports.Select(r => r.Node).ToHashSet();
        rows.AddRange(reports
            .SelectMany(r => r.Peers)
            .Where(p => !living.Contains(p.Node))
            .GroupBy(p => p.Node)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => OfGone(g.Key, [.. g])));
        rows.Add(new Row(
            "all",
            new Ledger(
                rows.Sum(r => r.Ledger.Accepted),
                rows.Sum(r => r.Ledger.Delivered),
                rows.Sum(r => r.Ledger.Stored),
                Sum(rows.Select(r => r.Ledger.Refused)),
                Sum(rows.Select(r => r.Ledger.Dropped)),
                rows.Sum(r => r.Ledger.InFlight)),
            rows.Sum(r => r.TookAlong)));
        return new Audit(rows);
    }

    private static Row OfGone(string node, IReadOnlyList<PeerReport> seen)
    {
        var delivered = seen.Sum(p => p.Delivered);
        return new Row(
            $"{node} ({(seen.Any(p => p.IsGone) ? "gone" : "no answer")})", new Ledger(delivered, delivered, 0, s_none, s_none, 0), seen.Sum(p => p.Lost));
    }

    private static Dictionary<string, long> Sum(IEnumerable<IReadOnlyDictionary<string, long>> counts) => counts
        .SelectMany(c => c)
        .GroupBy(c => c.Key)
        .ToDictionary(g => g.Key, g => g.Sum(c => c.Value));

    /// <summary>What became of the chats of one node, or of all.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Ledger">What became of its chats.</param>
    /// <param name="TookAlong">Chats of others that were on their way to it when it died.</param>
    public sealed record Row(string Node, Ledger Ledger, long TookAlong)
    {
        /// <summary>The row's cells.</summary>
        public JsonNode?[] Cells =>
        [
            Node, Ledger.Accepted, Ledger.Delivered, Ledger.Stored, Ledger.Refused.Values.Sum(), Ledger.Dropped.Values.Sum(), Ledger.InFlight, Ledger.Missing,
            TookAlong, Reasons,
        ];

        private string Reasons => string.Join(
            ", ",
            Ledger.Refused.OrderBy(r => r.Key, StringComparer.Ordinal).Concat(Ledger.Dropped.OrderBy(d => d.Key, StringComparer.Ordinal))
                .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Value}")));
    }
}
