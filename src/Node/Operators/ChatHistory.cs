using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Reports the events of messages that this node remembers.</summary>
/// <param name="trace">The last events of messages.</param>
internal sealed class ChatHistory(TraceLog trace)
{
    /// <summary>How many events of messages with one id an answer contains at most.</summary>
    private const int MostHops = 200;

    /// <summary>Gives the events of the messages with an id.</summary>
    /// <param name="id">The id, as JSON or as plain text.</param>
    public TraceReport Find(string id)
    {
        var hops = trace.Find(Encoding.UTF8.GetBytes(id));
        if (hops.Count == 0 && !id.StartsWith('"'))
            hops = trace.Find(JsonSerializer.SerializeToUtf8Bytes(id));
        return new TraceReport([.. hops.TakeLast(MostHops).Select(h => new HopReport(h.Time, KindOf(h), DetailsOf(h)))], Math.Max(0, hops.Count - MostHops));
    }

    private static string KindOf(TraceLog.Hop hop) => hop.Kind switch
    {
        HopKind.SentBack => "sent back",
        HopKind.HandedOut => "handed out",
        _ => hop.Kind.ToString().ToLowerInvariant(),
    };

    private static string DetailsOf(TraceLog.Hop hop) => hop.Kind switch
    {
        HopKind.Accepted => $"from connection {Number(hop.Number)}",
        HopKind.Delivered => $"its sender, connection {Number(hop.Number)}, got the receipt",
        HopKind.Stored => $"kept in the mailbox; its sender, connection {Number(hop.Number)}, got the receipt",
        HopKind.Refused => $"{hop.Code.Wire()}, told to connection {Number(hop.Number)}",
        HopKind.Arrived => $"over the link from {hop.Other?.Address}, handed to the recipient's connection",
        HopKind.SentBack => $"over the link to {hop.Other?.Address}, as the recipient is not here",
        HopKind.Kept => $"in the mailbox, number {Number(hop.Number)}",
        _ => $"from the mailbox to connection {Number(hop.Number)}",
    };

    private static string Number(long number) =>
        number >= OperatorSender.FirstId ? "of an operator" : number.ToString(CultureInfo.InvariantCulture);
}
