using System.Buffers.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>ChatAkka's JSON lines (docs/protocol.md).</summary>
internal sealed class ChatAkkaWire : IWire
{
    // Ids of an earlier run are known to mailboxes for a day.
    private readonly long _run = DateTime.UtcNow.Ticks;

    public void Login(Utf8Buffer to, string name, bool acks) => to
        .Append("{\"cmd\":\"login\",\"name\":\""u8).Append(name).Append(acks ? "\",\"format\":\"json\",\"ack\":true}\n"u8 : "\"}\n"u8);

    public void Acknowledge(Utf8Buffer to, ReadOnlySpan<byte> line) =>
        to.Append("{\"cmd\":\"ack\",\"seq\":"u8).Append(NumberAfter(line, "\"seq\":"u8)).Append("}\n"u8);

    public void Chat(Utf8Buffer to, string recipient, ReadOnlySpan<byte> content, long number)
    {
        to.Append("{\"cmd\":\"chat\",\"recv\":\""u8).Append(recipient).Append("\",\"content\":\""u8).Append(content).Append("\""u8);
        if (number != WireLine.NoNumber)
            to.Append(",\"id\":\""u8).Append(_run).Append("-"u8).Append(number).Append("\""u8);
        to.Append("}\n"u8);
    }

    public WireLine Read(ReadOnlySpan<byte> line, Utf8Buffer reply)
    {
        if (line.IndexOf(Tag.Mark) >= 0)
            return new(LineKind.Message);
        if (line.StartsWith("{\"ok\":\"login\""u8))
            return new(LineKind.Ready, NumberAfter(line, "\"waiting\":"u8));
        if (line.EndsWith("\"receipt\":\"stored\"}"u8))
            return new(LineKind.Stored, Id(line));
        if (line.EndsWith("\"receipt\":\"delivered\"}"u8))
            return new(LineKind.Delivered, Id(line));
        return line.StartsWith("{\"error\""u8) ? new(LineKind.Error, Id(line)) : default;
    }

    private static long Id(ReadOnlySpan<byte> line)
    {
        var start = line.LastIndexOf("\"id\":\""u8);
        return start < 0 ? WireLine.NoNumber : NumberAfter(line[start..], "-"u8);
    }

    private static long NumberAfter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> label) =>
        line.LastIndexOf(label) is >= 0 and var at && Utf8Parser.TryParse(line[(at + label.Length)..], out long number, out _) ? number : WireLine.NoNumber;
}
